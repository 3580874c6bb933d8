"""The scheduler only sends messages."""

import subprocess
import sys


def test_scheduler_imports_no_database() -> None:
    """It is half of the scheduler's memory and of its time to start."""
    code = "import sys, worker.evidence.app; sys.exit('sqlalchemy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
