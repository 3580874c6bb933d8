"""Another gateway of a running stack, with settings of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.stack.ports import free_port
from dev.stack.processes import Process
from dev.stack.stack import Stack
from tests.support.readiness import is_ready


@contextmanager
def run_other_gateway(stack: Stack, directory: Path, path: str = "", **settings: str) -> Iterator[str]:
    """Yield its public URL, which ends in `path`; its log goes to `directory`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}{path}"
    process = Process(
        "other-gateway",
        [sys.executable, "-m", "api.server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"],
        log=directory / "other-gateway.log",
        environment={**stack.environment, "PUBLIC_URL": url, **settings},
        answers=lambda: is_ready(url),
    )
    process.start()
    try:
        yield url
    finally:
        process.stop()
