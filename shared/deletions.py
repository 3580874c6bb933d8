"""Pictures that nothing here refers to any more, and that their stores are still to delete: an outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, Insert, delete, func, insert, select, update

from shared.evidence import wait_before
from shared.settings import StoreName
from shared.stores.store import Stored
from shared.tables import Deletion


@dataclass(frozen=True, slots=True)
class OwedDeletion:
    """A picture that nothing refers to any more, and that its store still has; `attempt` counts from 1."""

    id: int
    store: StoreName
    stored: Stored
    attempt: int


def deletion(
    participant_id: UUID | None, store: StoreName, stored: Stored, not_before: datetime | None = None
) -> Insert:
    """The statement that owes it, for somebody's erasure or for nobody's; to be run in a transaction."""
    return insert(Deletion).values(
        participant_id=participant_id,
        store=store,
        reference=stored.reference,
        delete_hash=stored.delete_hash,
        next_try_at=not_before or func.now(),
    )


def owe_deletion(database: Engine, store: StoreName, stored: Stored) -> None:
    """A picture that nobody refers to is to be deleted, as soon as its store does it."""
    with database.begin() as connection:
        connection.execute(deletion(None, store, stored))


def due_deletions(database: Engine, limit: int) -> list[OwedDeletion]:
    """Those whose next try has come, the one that has waited longest first."""
    query = (
        select(Deletion).where(Deletion.next_try_at <= func.now()).order_by(Deletion.next_try_at).limit(limit)
    )
    with database.connect() as connection:
        return [
            OwedDeletion(
                row.id, StoreName(row.store), Stored(row.reference, row.delete_hash), row.attempts + 1
            )
            for row in connection.execute(query)
        ]


def settle_deletion(database: Engine, owed: OwedDeletion) -> None:
    """The store has deleted it."""
    with database.begin() as connection:
        connection.execute(delete(Deletion).where(Deletion.id == owed.id))


def postpone_deletion(database: Engine, owed: OwedDeletion, error: str, retry_after: float | None) -> None:
    """The store would not now: again when it asked for it, or after a growing wait."""
    wait = timedelta(seconds=retry_after) if retry_after is not None else wait_before(owed.attempt)
    with database.begin() as connection:
        connection.execute(
            update(Deletion)
            .where(Deletion.id == owed.id)
            .values(attempts=owed.attempt, last_error=error, next_try_at=func.now() + wait)
        )
