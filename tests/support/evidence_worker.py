"""A process of the evidence worker, without a scheduler."""

import os
import sys
from pathlib import Path

from dev.stack.processes import Process
from shared.settings import Settings


def evidence_worker_process(settings: Settings, directory: Path, **environment: str) -> Process:
    """Return the process, not started; it gets the servers of `settings` and the extra environment."""
    command = ["celery", "-A", "worker.evidence", "worker", "-Q", "evidence", "--pool", "threads"]
    servers = {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
    }
    return Process(
        "evidence",
        [sys.executable, "-m", *command],
        log=directory / "evidence.log",
        environment=os.environ | servers | environment,
    )
