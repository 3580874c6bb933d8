"""A gateway in its own process, to measure memory, CPU time and open files."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.settings import Settings
from tests.support.readiness import is_ready


@dataclass(frozen=True)
class GatewayProcess:
    """A running gateway."""

    client: httpx.Client
    port: int
    process: psutil.Process

    @property
    def memory(self) -> int:
        """Resident set size, in bytes."""
        return int(self.process.memory_info().rss)

    @property
    def cpu_seconds(self) -> float:
        """CPU time used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def run_gateway(settings: Settings, directory: Path, *before: str) -> Iterator[GatewayProcess]:
    """Yield a started gateway; `before` is a command that wraps it, such as `prlimit` with its options."""
    port = free_port()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        process = Process(
            "gateway-process",
            [
                *before,
                sys.executable,
                "-m",
                "api.server",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--workers",
                "1",
            ],
            log=directory / "gateway-process.log",
            environment=os.environ
            | {
                "DATABASE_URL": settings.database_url.get_secret_value(),
                "REDIS_URL": settings.redis_url.get_secret_value(),
                "SECRET_KEY": settings.secret_key.get_secret_value(),
                "MAX_WAIT_SECONDS": str(settings.max_wait_seconds),
            },
            answers=lambda: is_ready(f"http://127.0.0.1:{port}"),
        )
        process.start()
        try:
            yield GatewayProcess(client, port, psutil.Process(process.pid))
        finally:
            process.stop()
