"""Takes one picture from the outbox to its store, and leaves none there that nobody knows of."""

import logging
import time
from uuid import UUID

from sqlalchemy import Engine

from shared.database import AWAY
from shared.deletions import StoredPicture, owe_deletion
from shared.evidence import CLAIM, Upload, claim_upload, find_evidence, mark_failed, mark_stored
from shared.retry_after import LONGEST_WAIT
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import Stored, StoreError, UnusableAnswerError
from worker.runtime.metrics import UPLOADS
from worker.runtime.metrics import Upload as Outcome

MOST_IN_A_ROW = 3
"""After so many attempts with answers of no use a picture is tried once a day: each may be public."""

log = logging.getLogger(__name__)


def upload_picture(database: Engine, settings: Settings, evidence_id: UUID) -> None:
    """Claim, put, mark: safe to run twice, as only one can hold the claim."""
    upload = claim_upload(database, evidence_id)
    if upload is None:
        return
    name = settings.evidence_store
    try:
        stored = open_store(name, settings).put(upload.id, upload.picture, upload.content_type)
    except UnusableAnswerError as error:
        if error.left:
            owe_deletion(database, StoredPicture(name, error.left), upload.participant_id)
        _give_up_for_now(database, upload, name, error)
    except StoreError as error:
        log.warning("the evidence waits for its store, attempt %d: %s", upload.attempt, error)
        UPLOADS.labels(name, Outcome.REFUSED).inc()
        mark_failed(database, upload, str(error), error.retry_after)
    else:
        _mark_stored_or_delete(database, settings, upload, stored)


def _give_up_for_now(database: Engine, upload: Upload, name: StoreName, error: UnusableAnswerError) -> None:
    log.error("the store's answer is of no use, attempt %d: %s", upload.attempt, error)
    UPLOADS.labels(name, Outcome.UNUSABLE).inc()
    wait = LONGEST_WAIT if upload.attempt >= MOST_IN_A_ROW else error.retry_after
    mark_failed(database, upload, str(error), wait)


def _mark_stored_or_delete(database: Engine, settings: Settings, upload: Upload, stored: Stored) -> None:
    """No picture may lie in a store without our knowing where: what is not to be marked is deleted again.

    While Postgres stays away nothing is deleted: it may have heard of the picture, and let its bytes go.
    """
    name = settings.evidence_store
    try:
        marked = _mark_stored_with_retry(database, upload.id, name, stored)
    except AWAY:
        raise
    except Exception as error:  # psycopg2 has errors of its own for what can't be sent to Postgres
        log.exception("where the evidence is can't be recorded")
        _delete(database, settings, upload, stored)
        _give_up_for_now(database, upload, name, UnusableAnswerError(f"it can't be recorded: {error}"))
        return
    if marked:
        log.info("the evidence is in its store: %s", name)
        UPLOADS.labels(name, Outcome.STORED).inc()
        return
    # The row was no longer pending: it was retired meanwhile, or another has put the same picture there.
    kept = find_evidence(database, upload.id)
    if kept is None or kept.stored != stored:
        _delete(database, settings, upload, stored)


def _delete(database: Engine, settings: Settings, upload: Upload, stored: Stored) -> None:
    try:
        open_store(settings.evidence_store, settings).delete(stored)
    except StoreError as error:
        log.warning("a copy of the evidence is not deleted yet: %s", error)
        owe_deletion(database, StoredPicture(settings.evidence_store, stored), upload.participant_id)


def _mark_stored_with_retry(database: Engine, evidence_id: UUID, name: StoreName, stored: Stored) -> bool:
    """As `mark_stored`, but for as long as the claim lasts while Postgres is away."""
    deadline = time.monotonic() + CLAIM.total_seconds() / 2
    while True:
        try:
            return mark_stored(database, evidence_id, name, stored)
        except AWAY:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
