"""The Celery application that stores evidence, and the schedule of the periodic tasks."""

from typing import TYPE_CHECKING

from celery import Celery
from celery.signals import worker_ready

from shared.db.connection import Part, connect
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
    UPLOAD_EVIDENCE,
)
from shared.settings import Settings
from worker.evidence.tasks import EvidenceTasks
from worker.runtime.app import create_worker_app
from worker.runtime.jobs import Jobs
from worker.runtime.redis import connect_redis

if TYPE_CHECKING:
    from collections.abc import Callable

SWEEP_SECONDS = 10
RETIRE_SECONDS = 3_600
REWRITE_SECONDS = 600
PARTIAL_FILES_SECONDS = 600
AUDIT_SECONDS = 3_600
STALLED_SECONDS = 300
"""The periodic tasks alone end more often, unless all threads hang."""

INTERVALS = {
    SWEEP_EVIDENCE: SWEEP_SECONDS,
    EXPIRE_JOBS: SWEEP_SECONDS,
    ERASE: SWEEP_SECONDS,
    RETIRE_EVIDENCE: RETIRE_SECONDS,
    REWRITE_REDIS_FILE: REWRITE_SECONDS,
    DELETE_PARTIAL_FILES: PARTIAL_FILES_SECONDS,
    MAINTAIN_AUDIT_LOG: AUDIT_SECONDS,
    RETIRE_TIMELINES: RETIRE_SECONDS,
}


def create_evidence_app(settings: Settings) -> Celery:
    """Create the application of the evidence worker and the scheduler; it connects when first used.

    The watchdog may end its process at any time: unfinished uploads and deletions stay in the outbox.
    """
    celery = create_worker_app(settings, EVIDENCE, stalled_seconds=STALLED_SECONDS)
    celery.conf.beat_schedule = {
        task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
        for task, seconds in INTERVALS.items()
    }
    redis = connect_redis(settings)
    _register(
        celery,
        EvidenceTasks(
            celery,
            settings,
            connect(settings, pool_size=settings.evidence_pool_size, part=Part.EVIDENCE),
            redis,
            Jobs(redis, settings.job_retention_seconds),
        ),
    )

    def delete_leftovers(**_: object) -> None:
        """Delete temporary files at the start; the schedule would do it only ten minutes later."""
        celery.send_task(DELETE_PARTIAL_FILES)

    worker_ready.connect(delete_leftovers, weak=False)
    return celery


def _register(celery: Celery, tasks: EvidenceTasks) -> None:
    functions: dict[str, Callable[..., None]] = {
        UPLOAD_EVIDENCE: tasks.upload_evidence,
        SWEEP_EVIDENCE: tasks.sweep_evidence,
        EXPIRE_JOBS: tasks.expire_jobs,
        RETIRE_EVIDENCE: tasks.retire_evidence,
        DELETE_PARTIAL_FILES: tasks.delete_partial_files,
        ERASE: tasks.erase,
        REWRITE_REDIS_FILE: tasks.rewrite_redis_file,
        MAINTAIN_AUDIT_LOG: tasks.maintain_audit_log,
        RETIRE_TIMELINES: tasks.retire_timelines,
    }
    for name, function in functions.items():
        # Without `typing=False` Celery would count `self` among the arguments of a bound method.
        celery.task(name=name, shared=False, typing=False)(function)
