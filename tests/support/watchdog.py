"""A watchdog in a process of its own, which it ends."""

import os
import sys
from pathlib import Path

from dev.stack.processes import Process
from shared.queue import EVIDENCE


def start_watchdog(redis_url: str, logs: Path) -> Process:
    """Start a process whose watchdog ends it when a message waits in the evidence queue for ten seconds."""
    program = (
        "from shared.settings import Settings; from worker.runtime.redis import connect_redis\n"
        "from worker.runtime.watchdog import Watchdog\n"
        f"Watchdog(connect_redis(Settings()), '{EVIDENCE}', seconds=10).run()"
    )
    process = Process(
        "watchdog",
        [sys.executable, "-c", program],
        log=logs / "watchdog.log",
        environment=os.environ | {"REDIS_URL": redis_url},
    )
    process.start()
    return process
