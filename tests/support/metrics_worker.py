"""Worker processes that share one set of metrics, as in a container."""

import os
import sys
from pathlib import Path

import httpx
import psutil

from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.settings import Settings
from tests.support.scrape import scrape


def multiprocess_environment(settings: Settings, directory: Path) -> dict[str, str]:
    """Return the environment of a program whose processes add up their metrics."""
    metrics = directory / "metrics"
    metrics.mkdir()
    return os.environ | {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }


class MetricsWorker:
    """A frames worker with two processes that serves `/metrics`."""

    def __init__(self, settings: Settings, directory: Path, detector: str = "dlib-guided") -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/metrics"
        command = ["celery", "-A", "worker.frames", "worker", "-Q", "frames", "-n", "frames@%h", "-c", "2"]
        self.process = Process(
            "worker",
            [sys.executable, "-m", *command],
            log=directory / "worker.log",
            environment=multiprocess_environment(settings, directory)
            | {"METRICS_PORT": str(port), "DETECTOR": detector},
            answers=self._answers,
        )

    def children(self) -> list[psutil.Process]:
        """Return the processes that judge frames."""
        return psutil.Process(self.process.pid).children()

    def _answers(self) -> bool:
        try:
            return bool(scrape(self.url))
        except httpx.TransportError:
            return False
