"""Uploads from the outbox to their store, without ever leaving an untracked copy."""

import logging
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Engine

from shared.db.connection import TRANSIENT_ERRORS
from shared.db.deletions import StoredPicture, enqueue_deletion
from shared.db.evidence import (
    CLAIM_DURATION,
    Upload,
    claim_uploads,
    find_evidence,
    mark_failed,
    mark_stored,
    release_uploads,
)
from shared.http.retry_after import MAX_RETRY_AFTER_SECONDS
from shared.logs import log_context
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import Stored, StoreError, UnusableResponseError
from worker.runtime.metrics import UPLOADS
from worker.runtime.metrics import Upload as Outcome

MAX_UNUSABLE_RESPONSES = 3
"""After this many attempts the upload is retried once a day: each may have left a public copy."""
MAX_SECONDS = 15.0
"""No upload of a batch is started later: its claim must hold until the store has answered."""

log = logging.getLogger(__name__)


def upload_pictures(database: Engine, settings: Settings, evidence_ids: Sequence[UUID]) -> None:
    """Claim, upload, mark as stored. Idempotent: only one worker can hold a claim."""
    # A picture at Imgur is public, and known only by the answer: at most one may wait to be marked.
    size = 1 if settings.evidence_store is StoreName.IMGUR else len(evidence_ids)
    ends_at = time.monotonic() + MAX_SECONDS
    for start in range(0, len(evidence_ids), size):
        if time.monotonic() > ends_at:
            return  # the sweep sends the others again
        _upload_batch(
            database, settings, claim_uploads(database, evidence_ids[start : start + size]), ends_at
        )


def _upload_batch(database: Engine, settings: Settings, uploads: Sequence[Upload], ends_at: float) -> None:
    stored: dict[UUID, Stored] = {}
    for number, upload in enumerate(uploads):
        if time.monotonic() > ends_at:
            release_uploads(database, uploads[number:])
            break
        with log_context(evidence_id=upload.id):
            location = _put(database, settings, upload)
        if location is not None:
            stored[upload.id] = location
    if stored:
        _mark_stored_or_delete(database, settings, uploads, stored)


def _put(database: Engine, settings: Settings, upload: Upload) -> Stored | None:
    """Upload one picture; None if that failed, which is recorded."""
    name = settings.evidence_store
    try:
        return open_store(name, settings).put(upload.id, upload.picture, upload.content_type)
    except UnusableResponseError as error:
        if error.leftover:
            enqueue_deletion(database, StoredPicture(name, error.leftover), upload.participant_id)
        _mark_unusable(database, upload, name, error)
    except StoreError as error:
        log.warning("upload attempt %d failed: %s", upload.attempt, error)
        UPLOADS.labels(name, Outcome.REFUSED).inc()
        mark_failed(database, upload, str(error), error.retry_after)
    return None


def _mark_unusable(database: Engine, upload: Upload, name: StoreName, error: UnusableResponseError) -> None:
    log.error("the store's response is unusable, attempt %d: %s", upload.attempt, error)
    UPLOADS.labels(name, Outcome.UNUSABLE).inc()
    delay = MAX_RETRY_AFTER_SECONDS if upload.attempt >= MAX_UNUSABLE_RESPONSES else error.retry_after
    mark_failed(database, upload, str(error), delay)


def _mark_stored_or_delete(
    database: Engine, settings: Settings, uploads: Sequence[Upload], stored: Mapping[UUID, Stored]
) -> None:
    """Record where the pictures are, or delete them from the store again.

    Nothing is deleted while Postgres is down: it may have committed, and cleared its copy of the bytes.
    """
    try:
        marked = _mark_stored_with_retry(database, settings.evidence_store, stored)
    except TRANSIENT_ERRORS:
        raise
    except Exception as error:  # psycopg2 raises various errors for values it can't send
        _mark_one_by_one(database, settings, uploads, stored, error)
        return
    for upload in uploads:
        if upload.id in stored:
            with log_context(evidence_id=upload.id):
                _conclude(database, settings, upload, stored[upload.id], marked=upload.id in marked)


def _mark_one_by_one(
    database: Engine,
    settings: Settings,
    uploads: Sequence[Upload],
    stored: Mapping[UUID, Stored],
    error: Exception,
) -> None:
    """Find the picture whose location can't be recorded, and delete it."""
    for upload in uploads:
        if upload.id not in stored:
            continue
        if len(stored) > 1:
            _mark_stored_or_delete(database, settings, [upload], {upload.id: stored[upload.id]})
            continue
        with log_context(evidence_id=upload.id):
            log.error("the location of the evidence can't be recorded", exc_info=error)
            _delete(database, settings, upload, stored[upload.id])
            unusable = UnusableResponseError(f"it can't be recorded: {error}")
            _mark_unusable(database, upload, settings.evidence_store, unusable)


def _conclude(database: Engine, settings: Settings, upload: Upload, stored: Stored, *, marked: bool) -> None:
    if marked:
        log.info("evidence stored: %s", settings.evidence_store)
        UPLOADS.labels(settings.evidence_store, Outcome.STORED).inc()
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


def _mark_stored_with_retry(database: Engine, name: StoreName, stored: Mapping[UUID, Stored]) -> set[UUID]:
    """As `mark_stored`, retried for half of the claim's duration while Postgres is down."""
    deadline = time.monotonic() + CLAIM_DURATION.total_seconds() / 2
    while True:
        try:
            return mark_stored(database, name, stored)
        except TRANSIENT_ERRORS:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
