"""The names under which the evidence worker finds its tasks. The scheduler only sends the names."""

from typing import TYPE_CHECKING

from celery import Celery

from shared.db.connection import Part, connect
from shared.db.pool_sizes import evidence_pool_size
from shared.queue import (
    DELETE_PARTIAL_FILES,
    ERASE,
    EXPIRE_JOBS,
    MAINTAIN_AUDIT_LOG,
    PRINT_REPORT,
    RETIRE_EVIDENCE,
    RETIRE_TIMELINES,
    REWRITE_REDIS_FILE,
    SWEEP_EVIDENCE,
    UPLOAD_EVIDENCE,
    WRITE_TIMELINES,
)
from shared.settings import Settings
from worker.evidence.tasks import EvidenceTasks
from worker.runtime.jobs import Jobs
from worker.runtime.redis import connect_redis

if TYPE_CHECKING:
    from collections.abc import Callable


def register_tasks(celery: Celery, settings: Settings, threads: int) -> None:
    """Register the tasks, which run in so many threads and connect when first used."""
    redis = connect_redis(settings)
    pool_size = evidence_pool_size(settings, threads)
    database = connect(settings, pool_size=pool_size, part=Part.EVIDENCE)
    tasks = EvidenceTasks(celery, settings, database, redis, Jobs(redis, settings.job_retention_seconds))
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
        WRITE_TIMELINES: tasks.write_timelines,
        PRINT_REPORT: tasks.print_report,
    }
    for name, function in functions.items():
        # Without `typing=False` Celery would count `self` among the arguments of a bound method.
        celery.task(name=name, shared=False, typing=False)(function)
