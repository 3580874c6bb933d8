"""The scheduler only sends messages."""

import subprocess
import sys

from worker.evidence.app import SCHEDULE


def test_scheduler_imports_no_database() -> None:
    """It is half of the scheduler's memory and of its time to start."""
    code = "import sys, worker.evidence.app; sys.exit('sqlalchemy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_worker_whose_clock_is_a_minute_ahead_drops_no_task() -> None:
    """Celery compares `expires` with the worker's clock."""
    assert min(entry["options"]["expires"] for entry in SCHEDULE.values()) > 60
