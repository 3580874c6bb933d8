"""Outbox of deletions: data that a store or a video vendor still has and no other row refers to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, Insert, Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from shared.db.evidence import CLAIM_DURATION, retry_delay
from shared.db.tables import Deletion
from shared.settings import StoreName, VideoProvider
from shared.stores.store import Stored, object_key


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture in a store."""

    store: StoreName
    stored: Stored


@dataclass(frozen=True, slots=True)
class VendorParticipant:
    """A participant at the meeting's video vendor, with the vendor's ids."""

    vendor: VideoProvider
    meeting_id: str
    participant_id: str


@dataclass(frozen=True, slots=True)
class PendingDeletion:
    """One entry of the outbox; `attempt` counts from 1."""

    id: int
    target: StoredPicture | VendorParticipant
    attempt: int


def possible_copy(evidence_id: UUID, content_type: str, store: StoreName) -> StoredPicture | None:
    """Return the copy that an interrupted or running upload may leave in the store.

    None for Imgur, which chooses the name and tells only the uploader.
    """
    if store is StoreName.IMGUR:
        return None
    return StoredPicture(store, Stored(object_key(evidence_id, content_type), None))


UPLOADS_ENDED_AT: ColumnElement[datetime] = func.now() + CLAIM_DURATION
"""The time when every upload that is running now has ended."""


def insert_deletion(
    participant_id: UUID | None,
    target: StoredPicture | VendorParticipant,
    not_before: ColumnElement[datetime] | None = None,
) -> Insert:
    """Return the statement that enqueues a deletion, to be executed in the transaction that causes it."""
    start = func.now() if not_before is None else not_before
    statement = insert(Deletion).values(participant_id=participant_id, next_try_at=start)
    match target:
        case StoredPicture(store, stored):
            return statement.values(store=store, reference=stored.reference, delete_hash=stored.delete_hash)
        case VendorParticipant(vendor, meeting_id, reference):
            return statement.values(store=vendor, video_meeting_id=meeting_id, reference=reference)


def enqueue_picture(connection: Connection, row: Row[Any], participant_id: UUID, store: StoreName) -> None:
    """Enqueue the deletion of what a store has of a row of `evidence`, or may have of a started upload.

    `store` is the current one for uploads. The row is to be deleted, or marked so, in the same transaction.
    """
    if row.reference is not None:
        picture = StoredPicture(StoreName(row.store), Stored(row.reference, row.delete_hash))
        connection.execute(insert_deletion(participant_id, picture))
    elif row.attempts and (copy := possible_copy(row.id, row.content_type, store)):
        # `next_try_at` may be far off, if the store asked for a pause.
        soon = func.least(row.next_try_at, UPLOADS_ENDED_AT)
        connection.execute(insert_deletion(participant_id, copy, not_before=soon))


def enqueue_deletion(
    database: Engine,
    target: StoredPicture | VendorParticipant,
    participant_id: UUID | None = None,
    not_before: ColumnElement[datetime] | None = None,
) -> None:
    """Enqueue a deletion, due at once or `not_before`. The participant's erasure waits for it."""
    with database.begin() as connection:
        connection.execute(insert_deletion(participant_id, target, not_before))


def claim_deletions(database: Engine, limit: int) -> list[PendingDeletion]:
    """Claim deletions whose next attempt is due, the oldest; not those claimed by another worker."""
    due = (
        select(Deletion.id)
        .where(Deletion.next_try_at <= func.now())
        .order_by(Deletion.next_try_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claim = (
        update(Deletion)
        .where(Deletion.id == due.c.id)
        .values(next_try_at=func.now() + CLAIM_DURATION)
        .returning(Deletion)
        .execution_options(synchronize_session=False)
    )
    with Session(database) as session, session.begin():
        return [PendingDeletion(row.id, _target(row), row.attempts + 1) for row in session.scalars(claim)]


def _target(row: Deletion) -> StoredPicture | VendorParticipant:
    if row.video_meeting_id is not None:
        return VendorParticipant(VideoProvider(row.store), row.video_meeting_id, row.reference)
    return StoredPicture(StoreName(row.store), Stored(row.reference, row.delete_hash))


def complete_deletion(database: Engine, pending: PendingDeletion) -> None:
    """Remove a deletion that succeeded from the outbox."""
    with database.begin() as connection:
        connection.execute(delete(Deletion).where(Deletion.id == pending.id))


def reschedule_deletion(
    database: Engine, pending: PendingDeletion, error: str, retry_after: float | None
) -> None:
    """Schedule the next attempt after `retry_after` seconds, by default with exponential backoff."""
    delay = retry_delay(pending.attempt, retry_after)
    with database.begin() as connection:
        connection.execute(
            update(Deletion)
            .where(Deletion.id == pending.id)
            .values(attempts=pending.attempt, last_error=error, next_try_at=func.now() + delay)
        )
