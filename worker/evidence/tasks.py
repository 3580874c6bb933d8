"""The tasks of the evidence worker: from the outbox to the store, retention, erasure, stalled frames."""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from celery import Celery
from redis import Redis
from sqlalchemy import Engine

from shared.db.audit import delete_old_entries
from shared.db.audit_checkpoints import load_signing_key, sign_checkpoints
from shared.db.connection import TRANSIENT_ERRORS
from shared.db.deletions import (
    UPLOADS_ENDED_AT,
    PendingDeletion,
    claim_deletions,
    complete_deletion,
    enqueue_deletion,
    possible_copy,
    reschedule_deletion,
)
from shared.db.erasure import complete_erasures, list_open_erasures, record_erased
from shared.db.evidence import StoredEvidence, list_due_uploads
from shared.db.incident_evidence import trim_incidents
from shared.db.incidents import assign_incidents
from shared.db.notes import delete_old_notes
from shared.db.retention import list_evidence_to_retire, mark_deleted, reschedule_retirement
from shared.db.timeline import delete_old_heartbeats, delete_old_interruptions, delete_old_minutes
from shared.logs import log_context
from shared.queue import (
    JUDGE_FRAME,
    RETIRE_EVIDENCE,
    TASK_SECONDS,
    UPLOAD_EVIDENCE,
    VISIBILITY_SECONDS,
    upload_messages,
)
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import StoreError
from shared.video.error import VideoError
from worker.evidence.deletions import delete
from worker.evidence.erasure import erase_from_redis
from worker.evidence.timelines import write_due_minutes, write_new_interruptions
from worker.evidence.uploads import upload_pictures
from worker.reports.request import answer_request
from worker.runtime.jobs import Jobs
from worker.runtime.metrics import SWEEP, Expiry

BATCH = 200
DELETIONS_PER_TASK = 20
QUEUED_SECONDS = 15
"""A worker reserves no more messages than it has processes: by then it has started those it reserved."""
RUNNING_SECONDS = TASK_SECONDS + 15
"""By then the time limit of the task has ended the process that claimed the frame."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EvidenceTasks:
    """Each method is a task; all are idempotent and safe to run in several threads."""

    celery: Celery
    settings: Settings
    database: Engine
    redis: Redis
    jobs: Jobs
    max_deletion_seconds: float = 15.0
    """A task starts no deletion later: a silent store must not occupy all threads."""

    def upload_evidence(self, *evidence_ids: str) -> None:
        """Take pictures from the outbox to their store, unless their incidents have enough of them."""
        ids = [UUID(evidence_id) for evidence_id in evidence_ids]
        settings = self.settings
        trim_incidents(self.database, ids, settings.evidence_per_incident, settings.evidence_store)
        upload_pictures(self.database, settings, ids)

    def sweep_evidence(self) -> None:
        """Send the tasks of due uploads: the outbox is the source of truth, messages only make it faster."""
        assign_incidents(self.database, BATCH)
        for message in upload_messages(list_due_uploads(self.database, BATCH)):
            self.celery.send_task(UPLOAD_EVIDENCE, args=message)
        SWEEP.labels(self.settings.own_shard.name).set_to_current_time()

    def expire_jobs(self) -> None:
        """Send lost messages again, and expire jobs that are past their deadline.

        A worker that is killed between taking a message and claiming its job in Redis loses the message.
        If one is killed in a run and its ticket is lost, so is the job that it held.
        """
        for job_id in self.jobs.find_stalled(queued=QUEUED_SECONDS, running=RUNNING_SECONDS):
            with log_context(job_id=job_id):
                log.warning("resending the lost message of the frame")
            self.celery.send_task(JUDGE_FRAME, args=(str(job_id),), task_id=str(job_id))
        for job_id in self.jobs.find_overdue(VISIBILITY_SECONDS):
            self.jobs.expire(job_id, Expiry.LOST)

    def retire_evidence(self) -> None:
        """Delete pictures that are past their retention, in their store, then here.

        A limited number, and for a limited time. The next task does the rest: at once, or in an hour if the
        store has deleted none.
        """
        ends_at = time.monotonic() + self.max_deletion_seconds
        expired = list_evidence_to_retire(
            self.database, self.settings.evidence_retention_days, DELETIONS_PER_TASK
        )
        tried = deleted = 0
        for evidence in expired:
            tried, deleted = tried + 1, deleted + self._retire(evidence)
            if time.monotonic() >= ends_at:
                break
        if deleted and (tried < len(expired) or tried == DELETIONS_PER_TASK):
            self.celery.send_task(RETIRE_EVIDENCE)

    def _retire(self, evidence: StoredEvidence) -> bool:
        """Return whether the picture is deleted; else the next attempt is scheduled."""
        try:
            self._delete_picture(evidence)
        except StoreError as error:
            log.warning("evidence %s could not be deleted yet: %s", evidence.id, error)
            reschedule_retirement(self.database, evidence.id)
            return False
        mark_deleted(self.database, evidence)
        return True

    def _delete_picture(self, evidence: StoredEvidence) -> None:
        if evidence.store and evidence.stored:
            open_store(evidence.store, self.settings).delete(evidence.stored)
        elif evidence.attempts and (
            copy := possible_copy(evidence.id, evidence.content_type, self.settings.evidence_store)
        ):
            enqueue_deletion(self.database, copy, evidence.participant_id, not_before=UPLOADS_ENDED_AT)

    def delete_partial_files(self) -> None:
        """Delete temporary files of killed workers; only the local store has any."""
        if deleted := open_store(StoreName.LOCAL, self.settings).delete_partial_files():
            log.warning("deleted %d partial pictures of killed workers", deleted)

    def erase(self) -> None:
        """Complete erasures on this shard, in stores and at vendors; those that fail are retried later."""
        shard = self.settings.own_shard.name
        for participant_id in list_open_erasures(self.database, shard, DELETIONS_PER_TASK):
            if erase_from_redis(self.redis, self.jobs, participant_id):
                record_erased(self.database, participant_id, shard)
        ends_at = time.monotonic() + self.max_deletion_seconds
        for _ in range(DELETIONS_PER_TASK):
            # One by one, so that none is claimed without being tried.
            claimed = claim_deletions(self.database, 1)
            if not claimed:
                break
            self._delete(claimed[0])
            if time.monotonic() >= ends_at:
                break
        complete_erasures(self.database)

    def _delete(self, deletion: PendingDeletion) -> None:
        try:
            delete(deletion.target, self.settings)
        except (StoreError, VideoError) as error:
            log.warning("data of an erased participant could not be deleted yet: %s", error)
            reschedule_deletion(self.database, deletion, str(error), error.retry_after)
        else:
            complete_deletion(self.database, deletion)

    def maintain_audit_log(self) -> None:
        """Sign what is new in the audit logs, and delete what is past its retention."""
        sign_checkpoints(self.database, load_signing_key(self.settings))
        if deleted := delete_old_entries(self.database, self.settings.audit_days):
            log.info("deleted %d old entries of audit logs", deleted)

    def write_timelines(self) -> None:
        """Write what Redis knows of timelines to Postgres."""
        seconds, microseconds = self.redis.time()
        write_due_minutes(self.redis, self.database, seconds + microseconds / 1e6)
        write_new_interruptions(self.redis, self.database)

    def retire_timelines(self) -> None:
        """Delete minutes, interruptions, heartbeats and notes that are past their retention."""
        now = datetime.now(UTC)
        for delete_old in (
            delete_old_minutes,
            delete_old_interruptions,
            delete_old_heartbeats,
            delete_old_notes,
        ):
            try:
                deleted = delete_old(self.database, now, self.settings.audit_days)
            except TRANSIENT_ERRORS as error:
                log.warning("%s failed: %s", delete_old.__name__, type(error).__name__)
            else:
                log.info("%s: deleted %d rows", delete_old.__name__, deleted)

    def print_report(self, request: str) -> None:
        """Print the report that a gateway waits for."""
        answer_request(self.redis, self.database, UUID(request))

    def rewrite_redis_file(self) -> None:
        """Have Redis rewrite its append-only file, without frames and thumbnails that have expired."""
        self.jobs.rewrite_append_only_file()
