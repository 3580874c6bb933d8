"""The evidence worker, `celery -A worker.evidence worker -Q evidence -P threads`, and the scheduler.

It takes pictures from the outbox to the store, and does the periodic work: `celery -A worker.evidence beat`.
"""

import logging
from datetime import timedelta
from functools import cache
from uuid import UUID

from shared.database import connect
from shared.evidence import (
    claim_upload,
    due_uploads,
    evidence_older_than,
    mark_deleted,
    mark_failed,
    mark_stored,
)
from shared.queue import (
    EXPIRE_JOBS,
    RETIRE_EVIDENCE,
    SWEEP_EVIDENCE,
    UPLOAD_EVIDENCE,
    VISIBILITY_SECONDS,
    create_celery,
)
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import EvidenceStore, StoreError
from worker.jobs import Jobs
from worker.redis import connect_redis

SWEEP_SECONDS = 10
RETIRE_SECONDS = 3_600
BATCH = 200

log = logging.getLogger(__name__)
settings = Settings()
celery = create_celery(settings)
database = connect(settings, pool_size=10)
jobs = Jobs(connect_redis(settings))

celery.conf.beat_schedule = {
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in {
        SWEEP_EVIDENCE: SWEEP_SECONDS,
        EXPIRE_JOBS: SWEEP_SECONDS,
        RETIRE_EVIDENCE: RETIRE_SECONDS,
    }.items()
}


@cache
def store(name: StoreName) -> EvidenceStore:
    """The store of that name; pictures may lie in more than one when the setting was changed."""
    return open_store(name, settings)


@celery.task(name=UPLOAD_EVIDENCE)
def upload_evidence(evidence_id: str) -> None:
    """Claim, put, mark: safe to run twice, as only one can hold the claim."""
    upload = claim_upload(database, UUID(evidence_id))
    if upload is None:
        return
    name = settings.evidence_store
    try:
        stored = store(name).put(upload.id, upload.picture, upload.content_type)
    except StoreError as error:
        log.warning("evidence %s waits, attempt %d: %s", evidence_id, upload.attempt, error)
        mark_failed(database, upload, str(error), error.retry_after)
    else:
        mark_stored(database, upload.id, name, stored)


@celery.task(name=SWEEP_EVIDENCE)
def sweep_evidence() -> None:
    """Sends again what is due: the outbox is the truth, a message only its quickest way."""
    for evidence_id in due_uploads(database, BATCH):
        celery.send_task(UPLOAD_EVIDENCE, args=(str(evidence_id),))


@celery.task(name=EXPIRE_JOBS)
def expire_jobs() -> None:
    """Ends jobs whose message was lost, so that nobody waits for them."""
    for job_id in jobs.overdue(VISIBILITY_SECONDS):
        jobs.expire(job_id)


@celery.task(name=RETIRE_EVIDENCE)
def retire_evidence() -> None:
    """Deletes pictures that were kept long enough, in the store that has them, then here."""
    age = timedelta(days=settings.evidence_retention_days)
    for kept in evidence_older_than(database, age, BATCH):
        try:
            if kept.store and kept.stored:
                store(kept.store).delete(kept.stored)
        except StoreError as error:
            log.warning("evidence %s is not deleted yet: %s", kept.id, error)
        else:
            mark_deleted(database, kept.id)
