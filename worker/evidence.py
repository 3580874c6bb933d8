"""The evidence worker, `celery -A worker.evidence worker -Q evidence -P threads`, and the scheduler.

It takes pictures from the outbox to the store, and does the periodic work: `celery -A worker.evidence beat`.
"""

import logging
from uuid import UUID

from celery.signals import worker_ready

from shared.database import connect
from shared.deletions import (
    UPLOADS_OVER,
    due_deletions,
    owe_deletion,
    possible_copy,
    postpone_deletion,
    settle_deletion,
)
from shared.erasure import complete_erasure, open_erasures
from shared.evidence import (
    Kept,
    due_uploads,
    evidence_to_retire,
    mark_deleted,
    put_off_deletion,
)
from shared.logs import log_as_json, logged_with
from shared.queue import (
    DELETE_UNFINISHED,
    ERASE,
    EVIDENCE,
    EXPIRE_JOBS,
    FORGET_FRAMES,
    JUDGE_FRAME,
    RETIRE_EVIDENCE,
    SWEEP_EVIDENCE,
    TASK_SECONDS,
    UPLOAD_EVIDENCE,
    VISIBILITY_SECONDS,
    create_celery,
)
from shared.settings import StoreName, read_settings
from shared.stores.local import LocalStore
from shared.stores.open_store import open_store
from shared.stores.store import EvidenceStore, StoreError
from shared.video.error import VideoError
from worker.consumer import STEADY
from worker.deleting import delete
from worker.forgetting import forget
from worker.jobs import Jobs
from worker.metrics import SWEEP, Expiry
from worker.metrics_server import serve_metrics
from worker.redis import connect_redis
from worker.uploading import upload_picture
from worker.watchdog import Watchdog

SWEEP_SECONDS = 10
RETIRE_SECONDS = 3_600
FORGET_SECONDS = 600
DELETE_UNFINISHED_SECONDS = 600
BATCH = 200
DELETED_AT_ONCE = 20
QUEUED_SECONDS = 15
"""A worker takes no more messages than it has processes: by then it has begun with what it took."""
RUNNING_SECONDS = VISIBILITY_SECONDS + 10 + TASK_SECONDS
"""By then a message that is not lost has come back from a worker that was killed, and was worked off. The ten
seconds are how often kombu looks for such."""
SILENT_SECONDS = 300
"""The periodic tasks alone end more often, unless every thread hangs."""

log = logging.getLogger(__name__)
log_as_json()
settings = read_settings()
celery = create_celery(settings)
celery.conf.worker_consumer = STEADY
serve_metrics(settings, EVIDENCE)
database = connect(settings, pool_size=10)
redis_client = connect_redis(settings)
jobs = Jobs(redis_client)

celery.conf.beat_schedule = {
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in {
        SWEEP_EVIDENCE: SWEEP_SECONDS,
        EXPIRE_JOBS: SWEEP_SECONDS,
        ERASE: SWEEP_SECONDS,
        RETIRE_EVIDENCE: RETIRE_SECONDS,
        FORGET_FRAMES: FORGET_SECONDS,
        DELETE_UNFINISHED: DELETE_UNFINISHED_SECONDS,
    }.items()
}


@worker_ready.connect
def watch_over(**_: object) -> None:
    """The outbox keeps what a process that hangs had in hand."""
    Watchdog(connect_redis(settings), EVIDENCE, SILENT_SECONDS).start()


@worker_ready.connect
def delete_leftovers(**_: object) -> None:
    """Delete at the start what was left before; the schedule would only do it ten minutes later."""
    celery.send_task(DELETE_UNFINISHED)


def store(name: StoreName) -> EvidenceStore:
    """The store of that name; pictures may lie in more than one when the setting was changed."""
    return open_store(name, settings)


@celery.task(name=UPLOAD_EVIDENCE)
def upload_evidence(evidence_id: str) -> None:
    """Take a picture from the outbox to its store; may run twice."""
    with logged_with(evidence_id=evidence_id):
        upload_picture(database, settings, UUID(evidence_id))


@celery.task(name=SWEEP_EVIDENCE)
def sweep_evidence() -> None:
    """Sends again what is due: the outbox is the truth, a message only its quickest way."""
    for evidence_id in due_uploads(database, BATCH):
        celery.send_task(UPLOAD_EVIDENCE, args=(str(evidence_id),))
    SWEEP.set_to_current_time()


@celery.task(name=EXPIRE_JOBS)
def expire_jobs() -> None:
    """Sends lost messages again, and ends the jobs for which it is too late, so that nobody waits for them.

    A worker that is killed between taking a message and noting in Redis that it has it takes it along.
    """
    unheard = jobs.unheard(queued=QUEUED_SECONDS, running=RUNNING_SECONDS)
    for job_id in unheard:
        with logged_with(job_id=job_id):
            log.warning("the message of the frame was lost, and is sent again")
        celery.send_task(JUDGE_FRAME, args=(str(job_id),), task_id=str(job_id))
    for job_id in jobs.overdue(VISIBILITY_SECONDS):
        jobs.expire(job_id, Expiry.LOST)


@celery.task(name=RETIRE_EVIDENCE)
def retire_evidence() -> None:
    """Deletes pictures that were kept long enough, in the store that has them, then here.

    A few at a time, or the message would come back before it is acknowledged; the rest is a task of its own.
    """
    old = evidence_to_retire(database, settings.evidence_retention_days, DELETED_AT_ONCE)
    for kept in old:
        try:
            _delete_picture(kept)
        except StoreError as error:
            log.warning("evidence %s is not deleted yet: %s", kept.id, error)
            put_off_deletion(database, kept.id)
        else:
            mark_deleted(database, kept)
    if len(old) == DELETED_AT_ONCE:
        celery.send_task(RETIRE_EVIDENCE)


def _delete_picture(kept: Kept) -> None:
    if kept.store and kept.stored:
        store(kept.store).delete(kept.stored)
    elif kept.attempts and (copy := possible_copy(kept.id, kept.content_type, settings.evidence_store)):
        owe_deletion(database, copy, not_before=UPLOADS_OVER)


@celery.task(name=DELETE_UNFINISHED)
def delete_unfinished() -> None:
    """Delete files that workers have left which were killed while they wrote; S3 and Imgur have none."""
    local = store(StoreName.LOCAL)
    if isinstance(local, LocalStore) and (deleted := local.delete_unfinished()):
        log.warning("unfinished pictures were left by workers that were killed, and deleted: %d", deleted)


@celery.task(name=ERASE)
def erase() -> None:
    """Brings erasures to their end, in stores, at vendors and in Redis; what is away now is asked again."""
    for owed in due_deletions(database, DELETED_AT_ONCE):
        try:
            delete(owed.what, settings)
        except (StoreError, VideoError) as error:
            log.warning("what is left of somebody erased is not deleted yet: %s", error)
            postpone_deletion(database, owed, str(error), error.retry_after)
        else:
            settle_deletion(database, owed)
    for participant_id in open_erasures(database, DELETED_AT_ONCE):
        if forget(redis_client, jobs, participant_id):
            complete_erasure(database, participant_id)


@celery.task(name=FORGET_FRAMES)
def forget_frames() -> None:
    """Has Redis write its append-only file anew, without the frames and thumbnails that are long gone."""
    jobs.rewrite_file()
