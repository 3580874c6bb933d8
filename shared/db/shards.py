"""Shards in Postgres: which there are, their states, and which meetings live on them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, delete, false, func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.db.tables import Erasure, Meeting, Participant, RegisteredShard, Role, ShardState
from shared.shards import Shard


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """A registered shard; `address` is its URL without user and password."""

    name: str
    address: str
    state: ShardState


def register_shards(database: Engine, shards: Iterable[Shard]) -> None:
    """Add shards, or update their addresses; their states stay. Idempotent."""
    for shard in shards:
        with database.begin() as connection:
            row = insert(RegisteredShard).values(name=shard.name, address=shard.address)
            connection.execute(
                row.on_conflict_do_update(index_elements=["name"], set_={"address": shard.address})
            )


def list_shards(database: Engine) -> list[ShardEntry]:
    """Return the registered shards, the oldest first; none in an installation that has always had one."""
    query = select(RegisteredShard).order_by(RegisteredShard.added_at)
    with database.connect() as connection:
        return [ShardEntry(row.name, row.address, ShardState(row.state)) for row in connection.execute(query)]


def set_shard_state(database: Engine, name: str, state: ShardState) -> None:
    """Let a shard drain, or open it again."""
    with database.begin() as connection:
        connection.execute(update(RegisteredShard).where(RegisteredShard.name == name).values(state=state))


def delete_shard(database: Engine, name: str) -> None:
    """Delete a shard that is empty."""
    with database.begin() as connection:
        connection.execute(delete(RegisteredShard).where(RegisteredShard.name == name))


def find_meetings_shard(database: Engine, meeting_id: UUID) -> str | None:
    """Return the name of the meeting's shard; None for the first one, or an unknown meeting."""
    with database.connect() as connection:
        return connection.scalar(select(Meeting.shard).where(Meeting.id == meeting_id))


def count_meetings(database: Engine) -> dict[str | None, int]:
    """Return how many meetings live on each shard; None: those that name none."""
    query = select(Meeting.shard, func.count()).group_by(Meeting.shard)
    with database.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def count_load(database: Engine) -> dict[str | None, int]:
    """Return for each shard its candidates plus its meetings; only meetings of the last day count.

    Meetings count too, so that many that are created before anybody joins are spread evenly.
    """
    candidates = func.count(Participant.id).filter(Participant.left_at.is_(None))
    query = (
        select(Meeting.shard, candidates + func.count(Meeting.id.distinct()))
        .outerjoin(
            Participant,
            (Participant.meeting_id == Meeting.id) & (Participant.role == Role.CANDIDATE),
        )
        .where(Meeting.created_at > func.now() - func.make_interval(0, 0, 0, 1))
        .group_by(Meeting.shard)
    )
    with database.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def list_meetings_on(database: Engine, name: str, *, is_first: bool) -> list[UUID]:
    """Return the meetings that live on a shard; those that name none live on the first."""
    lives_there = (Meeting.shard == name) | (Meeting.shard.is_(None) if is_first else false())
    with database.connect() as connection:
        return list(connection.scalars(select(Meeting.id).where(lives_there).order_by(Meeting.created_at)))


def list_erased_since(database: Engine, meeting_id: UUID, seconds: int) -> list[UUID]:
    """Return the participants of a meeting who were erased in the last seconds."""
    query = select(Erasure.participant_id).where(
        Erasure.meeting_id == meeting_id,
        Erasure.requested_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds),
    )
    with database.connect() as connection:
        return list(connection.scalars(query))


@contextmanager
def move_meeting(database: Engine, meeting_id: UUID, name: str) -> Iterator[None]:
    """Let a meeting live on another shard from the end of the block on, unless it raises.

    Until then the meeting is locked: its rules do not change.
    """
    with database.begin() as connection:
        meeting = select(Meeting.id).where(Meeting.id == meeting_id).with_for_update(key_share=True)
        connection.execute(meeting)
        yield
        connection.execute(update(Meeting).where(Meeting.id == meeting_id).values(shard=name))
