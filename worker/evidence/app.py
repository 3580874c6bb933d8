"""The Celery application that stores evidence, and the schedule of the periodic tasks."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready

from shared.queue import (
    DELETE_PARTIAL_FILES,
    ERASE,
    EVIDENCE,
    EXPIRE_JOBS,
    MAINTAIN_AUDIT_LOG,
    RETIRE_EVIDENCE,
    RETIRE_TIMELINES,
    REWRITE_REDIS_FILE,
    SWEEP_EVIDENCE,
    WRITE_TIMELINES,
)
from shared.settings import Settings
from worker.runtime.app import create_worker_app

SWEEP_SECONDS = 10
RETIRE_SECONDS = 3_600
REWRITE_SECONDS = 600
PARTIAL_FILES_SECONDS = 600
AUDIT_SECONDS = 3_600
STALLED_SECONDS = 300
"""The periodic tasks alone end more often, unless all threads hang."""

EXPIRY_SECONDS = 300
"""Messages must not pile up while no worker runs, nor be dropped by one whose clock is somewhat ahead."""

INTERVALS = {
    SWEEP_EVIDENCE: SWEEP_SECONDS,
    EXPIRE_JOBS: SWEEP_SECONDS,
    ERASE: SWEEP_SECONDS,
    RETIRE_EVIDENCE: RETIRE_SECONDS,
    REWRITE_REDIS_FILE: REWRITE_SECONDS,
    DELETE_PARTIAL_FILES: PARTIAL_FILES_SECONDS,
    MAINTAIN_AUDIT_LOG: AUDIT_SECONDS,
    RETIRE_TIMELINES: RETIRE_SECONDS,
    WRITE_TIMELINES: SWEEP_SECONDS,
}
SCHEDULE: dict[str, dict[str, Any]] = {
    task: {"task": task, "schedule": seconds, "options": {"expires": max(seconds, EXPIRY_SECONDS)}}
    for task, seconds in INTERVALS.items()
}


def create_evidence_app(settings: Settings) -> Celery:
    """Create the application of the evidence worker and the scheduler; it connects when first used.

    Only the worker imports the tasks. The watchdog may end its process at any time: unfinished uploads and
    deletions stay in the outbox.
    """
    celery = create_worker_app(settings, EVIDENCE, stalled_seconds=STALLED_SECONDS)
    celery.conf.beat_schedule = SCHEDULE

    def register(sender: Any, **_: object) -> None:  # noqa: ANN401 - Celery's worker, untyped
        from worker.evidence.registration import register_tasks  # noqa: PLC0415 - takes half a second

        # `auto` is for processes; with threads Celery takes the number of cores.
        threads = sender.concurrency if isinstance(sender.concurrency, int) else os.cpu_count() or 1
        register_tasks(celery, settings, threads)

    def delete_leftovers(**_: object) -> None:
        """Delete temporary files at the start; the schedule would do it only ten minutes later."""
        celery.send_task(DELETE_PARTIAL_FILES)

    worker_init.connect(register, weak=False)
    worker_ready.connect(delete_leftovers, weak=False)
    return celery
