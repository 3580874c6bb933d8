"""The evidence worker, `celery -A worker.evidence worker -Q evidence -P threads`, and the scheduler.

It takes pictures from the outbox to the store, and does the periodic work: `celery -A worker.evidence beat`.
"""

import logging
import time
from datetime import timedelta
from functools import cache
from uuid import UUID

from shared.database import AWAY, connect
from shared.evidence import (
    CLAIM,
    claim_upload,
    due_uploads,
    evidence_older_than,
    find_evidence,
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
from shared.stores.store import EvidenceStore, Stored, StoreError
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
        _mark_or_take_back(upload.id, name, stored)


def _mark_or_take_back(evidence_id: UUID, name: StoreName, stored: Stored) -> None:
    """No picture may lie in a store without our knowing where: what can't be marked is deleted again."""
    try:
        if _mark_patiently(evidence_id, name, stored):
            return
        # The row was no longer pending: it was retired meanwhile, or another has put the same picture there.
        kept = find_evidence(database, evidence_id)
        if kept and kept.stored == stored:
            return
    except AWAY:
        log.warning("evidence %s is taken back from its store, as Postgres stays away", evidence_id)
        store(name).delete(stored)
        raise
    store(name).delete(stored)


def _mark_patiently(evidence_id: UUID, name: StoreName, stored: Stored) -> bool:
    """As `mark_stored`, but for as long as the claim lasts while Postgres is away."""
    deadline = time.monotonic() + CLAIM.total_seconds() / 2
    while True:
        try:
            return mark_stored(database, evidence_id, name, stored)
        except AWAY:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


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
