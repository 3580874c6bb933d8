"""Evidence in Postgres: the outbox of uploads, and the status of each picture."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, Text, Uuid, column, func, select, update, values
from sqlalchemy.orm import Session

from shared.db.tables import Evidence, EvidenceStatus, Flag
from shared.http.retry_after import MAX_RETRY_AFTER_SECONDS
from shared.settings import StoreName
from shared.stores.store import Stored

CLAIM_DURATION = timedelta(minutes=2)
"""How long a worker may hold an upload; longer than the sum of any store's timeouts."""

MIN_BACKOFF = timedelta(seconds=5)
MAX_BACKOFF = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture to upload to the store; `attempt` counts from 1."""

    id: UUID
    picture: bytes
    content_type: str
    attempt: int
    participant_id: UUID


def claim_uploads(database: Engine, evidence_ids: Collection[UUID]) -> list[Upload]:
    """Claim those of the uploads that are due; not those done or claimed by another worker."""
    due = (
        select(Evidence.id)
        .where(
            Evidence.id.in_(evidence_ids),
            Evidence.status == EvidenceStatus.PENDING,
            Evidence.next_try_at <= func.now(),
        )
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claim = (
        update(Evidence)
        .where(Evidence.id == due.c.id, Flag.id == Evidence.flag_id)
        .values(attempts=Evidence.attempts + 1, next_try_at=func.now() + CLAIM_DURATION)
        .returning(
            Evidence.id, Evidence.picture, Evidence.content_type, Evidence.attempts, Flag.participant_id
        )
    )
    with database.begin() as connection:
        # Never without a picture: the row is pending.
        return [
            Upload(row.id, row.picture or b"", row.content_type, row.attempts, row.participant_id)
            for row in connection.execute(claim)
        ]


def release_uploads(database: Engine, uploads: Collection[Upload]) -> None:
    """Make claimed uploads due again: there was no time for them."""
    with database.begin() as connection:
        connection.execute(
            update(Evidence)
            .where(
                Evidence.id.in_([upload.id for upload in uploads]), Evidence.status == EvidenceStatus.PENDING
            )
            .values(next_try_at=func.now())
        )


def mark_stored(database: Engine, store: StoreName, stored: Mapping[UUID, Stored]) -> set[UUID]:
    """Record where the pictures are, and clear their bytes.

    Return the ids of those that were still pending; the others are not changed.
    """
    locations = values(
        column("id", Uuid), column("reference", Text), column("delete_hash", Text), name="locations"
    ).data([(evidence_id, one.reference, one.delete_hash) for evidence_id, one in stored.items()])
    # In the order of their ids, as an erasure does: otherwise the two could wait for each other.
    pending = (
        select(Evidence.id)
        .where(Evidence.id.in_(stored), Evidence.status == EvidenceStatus.PENDING)
        .order_by(Evidence.id)
        .with_for_update()
        .cte("pending")
    )
    mark = (
        update(Evidence)
        .where(Evidence.id == pending.c.id, Evidence.id == locations.c.id)
        .values(
            status=EvidenceStatus.STORED,
            store=store,
            reference=locations.c.reference,
            delete_hash=locations.c.delete_hash,
            picture=None,
            last_error=None,
            next_try_at=func.now(),
        )
        .returning(Evidence.id)
    )
    with database.begin() as connection:
        return set(connection.scalars(mark))


def backoff(attempt: int) -> timedelta:
    """Return the delay after this many failed attempts: 5 s, doubling up to ten minutes."""
    doublings = min(attempt - 1, 20)
    return min(MIN_BACKOFF * (1 << doublings), MAX_BACKOFF)


def retry_delay(attempt: int, retry_after: float | None) -> timedelta:
    """Return `retry_after` seconds, at most a day; without it, exponential backoff."""
    if retry_after is None:
        return backoff(attempt)
    return timedelta(seconds=min(max(retry_after, 0.0), MAX_RETRY_AFTER_SECONDS))


def mark_failed(database: Engine, upload: Upload, error: str, retry_after: float | None) -> None:
    """Record the store's error, and schedule the next attempt; see `retry_delay`."""
    delay = retry_delay(upload.attempt, retry_after)
    with database.begin() as connection:
        connection.execute(
            update(Evidence)
            .where(Evidence.id == upload.id, Evidence.status == EvidenceStatus.PENDING)
            .values(last_error=error, next_try_at=func.now() + delay)
        )


def list_due_uploads(database: Engine, limit: int) -> list[UUID]:
    """Return pending pictures whose next attempt is due, oldest first."""
    due = (
        select(Evidence.id)
        .where(Evidence.status == EvidenceStatus.PENDING, Evidence.next_try_at <= func.now())
        .order_by(Evidence.next_try_at)
        .limit(limit)
    )
    with database.connect() as connection:
        return list(connection.scalars(due))


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """A picture in its store or, while `store` is None, in the outbox."""

    id: UUID
    meeting_id: UUID
    participant_id: UUID
    status: EvidenceStatus
    content_type: str
    picture: bytes | None
    store: StoreName | None
    stored: Stored | None
    attempts: int
    """Number of uploads that were started."""


def to_stored_evidence(row: Evidence, meeting_id: UUID, participant_id: UUID) -> StoredEvidence:
    """Convert a row."""
    return StoredEvidence(
        id=row.id,
        meeting_id=meeting_id,
        participant_id=participant_id,
        status=EvidenceStatus(row.status),
        content_type=row.content_type,
        picture=row.picture,
        store=StoreName(row.store) if row.store else None,
        stored=Stored(row.reference, row.delete_hash) if row.reference else None,
        attempts=row.attempts,
    )


def load_thumbnails(database: Engine, evidence_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the thumbnails that still exist."""
    query = select(Evidence.id, Evidence.thumbnail).where(
        Evidence.id.in_(evidence_ids), Evidence.thumbnail.is_not(None)
    )
    with database.connect() as connection:
        return {evidence_id: thumbnail or b"" for evidence_id, thumbnail in connection.execute(query)}


def find_evidence(database: Engine, evidence_id: UUID) -> StoredEvidence | None:
    """Return the evidence; None if it does not exist."""
    query = (
        select(Evidence, Flag.meeting_id, Flag.participant_id).join(Flag).where(Evidence.id == evidence_id)
    )
    with Session(database) as session:
        row = session.execute(query).one_or_none()
        return to_stored_evidence(*row) if row else None


def find_thumbnail(database: Engine, evidence_id: UUID) -> bytes | None:
    """Return the thumbnail; None if it was deleted, or the flag never had one."""
    with database.connect() as connection:
        return connection.scalar(select(Evidence.thumbnail).where(Evidence.id == evidence_id))


def count_pending_evidence(database: Engine) -> tuple[int, datetime | None]:
    """Return how many pictures are pending, and when the oldest was created."""
    query = select(func.count(), func.min(Evidence.created_at)).where(
        Evidence.status == EvidenceStatus.PENDING
    )
    with database.connect() as connection:
        count, oldest = connection.execute(query).one()
    return count, oldest
