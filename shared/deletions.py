"""What is still to be deleted elsewhere, and nothing here refers to any more: an outbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, Insert, delete, func, insert, select, update
from sqlalchemy.orm import Session

from shared.evidence import CLAIM, next_wait
from shared.settings import StoreName, VideoProvider
from shared.stores.store import Stored, key
from shared.tables import Deletion


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture, as its store knows it."""

    store: StoreName
    stored: Stored


@dataclass(frozen=True, slots=True)
class VideoEntry:
    """Somebody, as their meeting's video vendor knows them."""

    vendor: VideoProvider
    meeting_id: str
    participant_id: str


@dataclass(frozen=True, slots=True)
class OwedDeletion:
    """What is still there; `attempt` counts from 1."""

    id: int
    what: StoredPicture | VideoEntry
    attempt: int


def possible_copy(evidence_id: UUID, content_type: str, store: StoreName) -> StoredPicture | None:
    """Return what an upload may have left that broke off, or is still on its way.

    None at Imgur, where only the uploader learns the name.
    """
    if store is StoreName.IMGUR:
        return None
    return StoredPicture(store, Stored(key(evidence_id, content_type), None))


UPLOADS_OVER: ColumnElement[datetime] = func.now() + CLAIM
"""When every upload that has begun by now has ended, and nobody will begin another."""


def deletion(
    participant_id: UUID | None,
    what: StoredPicture | VideoEntry,
    not_before: ColumnElement[datetime] | None = None,
) -> Insert:
    """The statement that owes it, somebody's or nobody's; to be run in a transaction."""
    start = func.now() if not_before is None else not_before
    owed = insert(Deletion).values(participant_id=participant_id, next_try_at=start)
    match what:
        case StoredPicture(store, stored):
            return owed.values(store=store, reference=stored.reference, delete_hash=stored.delete_hash)
        case VideoEntry(vendor, meeting_id, reference):
            return owed.values(store=vendor, video_meeting_id=meeting_id, reference=reference)


def owe_deletion(
    database: Engine,
    what: StoredPicture | VideoEntry,
    participant_id: UUID | None = None,
    not_before: ColumnElement[datetime] | None = None,
) -> None:
    """What nobody refers to is to be deleted, as soon as it can be. The person's erasure waits for it."""
    with database.begin() as connection:
        connection.execute(deletion(participant_id, what, not_before))


def due_deletions(database: Engine, limit: int) -> list[OwedDeletion]:
    """Those whose next try has come, the one that has waited longest first."""
    query = (
        select(Deletion).where(Deletion.next_try_at <= func.now()).order_by(Deletion.next_try_at).limit(limit)
    )
    with Session(database) as session:
        return [OwedDeletion(row.id, _what(row), row.attempts + 1) for row in session.scalars(query)]


def _what(row: Deletion) -> StoredPicture | VideoEntry:
    if row.video_meeting_id is not None:
        return VideoEntry(VideoProvider(row.store), row.video_meeting_id, row.reference)
    return StoredPicture(StoreName(row.store), Stored(row.reference, row.delete_hash))


def settle_deletion(database: Engine, owed: OwedDeletion) -> None:
    """It is no longer there."""
    with database.begin() as connection:
        connection.execute(delete(Deletion).where(Deletion.id == owed.id))


def postpone_deletion(database: Engine, owed: OwedDeletion, error: str, retry_after: float | None) -> None:
    """It could not be deleted now: again when that was asked for, or after a growing wait."""
    wait = next_wait(owed.attempt, retry_after)
    with database.begin() as connection:
        connection.execute(
            update(Deletion)
            .where(Deletion.id == owed.id)
            .values(attempts=owed.attempt, last_error=error, next_try_at=func.now() + wait)
        )
