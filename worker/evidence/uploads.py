"""Upload of one picture from the outbox to its store, without ever leaving an untracked copy."""

import logging
import time
from uuid import UUID

from sqlalchemy import Engine

from shared.db.connection import TRANSIENT_ERRORS
from shared.db.deletions import StoredPicture, enqueue_deletion
from shared.db.evidence import CLAIM_DURATION, Upload, claim_upload, find_evidence, mark_failed, mark_stored
from shared.http.retry_after import MAX_RETRY_AFTER_SECONDS
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import Stored, StoreError, UnusableResponseError
from worker.runtime.metrics import UPLOADS
from worker.runtime.metrics import Upload as Outcome

MAX_UNUSABLE_RESPONSES = 3
"""After this many attempts the upload is retried once a day: each may have left a public copy."""

log = logging.getLogger(__name__)


def upload_picture(database: Engine, settings: Settings, evidence_id: UUID) -> None:
    """Claim, upload, mark as stored. Idempotent: only one worker can hold the claim."""
    upload = claim_upload(database, evidence_id)
    if upload is None:
        return
    name = settings.evidence_store
    try:
        stored = open_store(name, settings).put(upload.id, upload.picture, upload.content_type)
    except UnusableResponseError as error:
        if error.leftover:
            enqueue_deletion(database, StoredPicture(name, error.leftover), upload.participant_id)
        _mark_unusable(database, upload, name, error)
    except StoreError as error:
        log.warning("upload attempt %d failed: %s", upload.attempt, error)
        UPLOADS.labels(name, Outcome.REFUSED).inc()
        mark_failed(database, upload, str(error), error.retry_after)
    else:
        _mark_stored_or_delete(database, settings, upload, stored)


def _mark_unusable(database: Engine, upload: Upload, name: StoreName, error: UnusableResponseError) -> None:
    log.error("the store's response is unusable, attempt %d: %s", upload.attempt, error)
    UPLOADS.labels(name, Outcome.UNUSABLE).inc()
    delay = MAX_RETRY_AFTER_SECONDS if upload.attempt >= MAX_UNUSABLE_RESPONSES else error.retry_after
    mark_failed(database, upload, str(error), delay)


def _mark_stored_or_delete(database: Engine, settings: Settings, upload: Upload, stored: Stored) -> None:
    """Record where the picture is, or delete it from the store again.

    Nothing is deleted while Postgres is down: it may have committed, and cleared its copy of the bytes.
    """
    name = settings.evidence_store
    try:
        marked = _mark_stored_with_retry(database, upload.id, name, stored)
    except TRANSIENT_ERRORS:
        raise
    except Exception as error:  # psycopg2 raises various errors for values it can't send
        log.exception("the location of the evidence can't be recorded")
        _delete(database, settings, upload, stored)
        _mark_unusable(database, upload, name, UnusableResponseError(f"it can't be recorded: {error}"))
        return
    if marked:
        log.info("evidence stored: %s", name)
        UPLOADS.labels(name, Outcome.STORED).inc()
        return
    # The row is no longer pending: retention has deleted it, or another worker has stored the same picture.
    evidence = find_evidence(database, upload.id)
    if evidence is None or evidence.stored != stored:
        _delete(database, settings, upload, stored)


def _delete(database: Engine, settings: Settings, upload: Upload, stored: Stored) -> None:
    try:
        open_store(settings.evidence_store, settings).delete(stored)
    except StoreError as error:
        log.warning("a copy of the evidence could not be deleted yet: %s", error)
        enqueue_deletion(database, StoredPicture(settings.evidence_store, stored), upload.participant_id)


def _mark_stored_with_retry(database: Engine, evidence_id: UUID, name: StoreName, stored: Stored) -> bool:
    """As `mark_stored`, retried for half of the claim's duration while Postgres is down."""
    deadline = time.monotonic() + CLAIM_DURATION.total_seconds() / 2
    while True:
        try:
            return mark_stored(database, evidence_id, name, stored)
        except TRANSIENT_ERRORS:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
