"""Programs whose processes count together, as containers run them."""

import os
import sys
from pathlib import Path

import httpx
import psutil

from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.settings import Settings
from tests.support.scrape import scrape


def counting_environment(settings: Settings, directory: Path) -> dict[str, str]:
    """For a program of several processes, which add up what they count."""
    counted = directory / "counted"
    counted.mkdir()
    return os.environ | {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "PROMETHEUS_MULTIPROC_DIR": str(counted),
    }


class CountingWorker:
    """A frames worker of two processes that answers `/metrics`."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/metrics"
        command = ["celery", "-A", "worker.frames", "worker", "-Q", "frames", "-n", "frames@%h", "-c", "2"]
        self.process = Process(
            "worker",
            [sys.executable, "-m", *command],
            log=directory / "worker.log",
            environment=counting_environment(settings, directory) | {"METRICS_PORT": str(port)},
            answers=self._answers,
        )

    def children(self) -> list[psutil.Process]:
        """The processes that judge."""
        return psutil.Process(self.process.pid).children()

    def _answers(self) -> bool:
        try:
            return bool(scrape(self.url))
        except httpx.TransportError:
            return False
