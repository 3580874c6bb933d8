"""Why no frames came: interruptions of candidates, and heartbeats of the gateways."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Engine, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.tables import Heartbeat, Participant
from shared.db.tables import Interruption as InterruptionRow

BEAT_SECONDS = 10
MAX_REPORTED = 1_000
"""The most interruptions that a candidate's page can report; further ones are ignored."""


class InterruptionType(StrEnum):
    """Why no frames came from one candidate."""

    NETWORK = "network"
    PAGE_CLOSED = "page_closed"
    CAMERA_OFF = "camera_off"
    REFUSED = "refused"
    """Admission control refused the frames."""
    PAUSED_BY_STAFF = "paused_by_staff"
    """An invigilator gave the candidate a break."""
    FINISHED = "finished"
    """The candidate had finished their exam, and reopened it later."""


class Reporter(StrEnum):
    """Who says so."""

    SERVER = "server"
    PAGE = "page"
    """The candidate's page, which the candidate controls."""
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time without frames of one candidate; `ended_at` is None until it ends, at the next frame at last."""

    participant_id: UUID
    type: InterruptionType
    reported_by: Reporter
    started_at: datetime
    ended_at: datetime | None


# A line may be given several times, with and without its end.
_RECORD = text("""
    INSERT INTO interruptions (participant_id, started_at, type, reported_by, ended_at)
    SELECT participant_id, started_at, type, reported_by, max(ended_at)
    FROM unnest(CAST(:participants AS uuid[]), CAST(:starts AS timestamptz[]), CAST(:types AS text[]),
                CAST(:reporters AS text[]), CAST(:ends AS timestamptz[]))
         AS new (participant_id, started_at, type, reported_by, ended_at)
    GROUP BY participant_id, started_at, type, reported_by
    ORDER BY participant_id, started_at, type, reported_by
    ON CONFLICT (participant_id, started_at, type, reported_by)
    DO UPDATE SET ended_at = greatest(interruptions.ended_at, excluded.ended_at)
""")


def record_interruptions(database: Engine, interruptions: Sequence[Interruption]) -> None:
    """Record interruptions, unless their candidate was erased. Idempotent, in any order.

    One that is recorded again can only become longer.
    """
    with Session(database) as session, session.begin():
        known = _lock_participants(session, {item.participant_id for item in interruptions})
        items = [item for item in interruptions if item.participant_id in known]
        session.execute(
            _RECORD,
            {
                "participants": [str(item.participant_id) for item in items],
                "starts": [item.started_at for item in items],
                "types": [item.type for item in items],
                "reporters": [item.reported_by for item in items],
                "ends": [item.ended_at for item in items],
            },
        )


def _lock_participants(session: Session, participant_ids: set[UUID]) -> set[UUID]:
    """Return those who are not erased; their erasure waits until the transaction ends."""
    query = select(Participant.id).where(Participant.id.in_(participant_ids)).order_by(Participant.id)
    return set(session.scalars(query.with_for_update(read=True, key_share=True)))


def report_interruptions(database: Engine, meeting_id: UUID, interruptions: Sequence[Interruption]) -> bool:
    """Record what the page of one candidate reports; False if the candidate was erased."""
    [participant_id] = {item.participant_id for item in interruptions}
    reported = select(func.count()).where(
        InterruptionRow.participant_id == participant_id, InterruptionRow.reported_by == Reporter.PAGE
    )
    with Session(database) as session:
        participant = session.get(Participant, participant_id)
        if participant is None or participant.meeting_id != meeting_id:
            return False
        left = MAX_REPORTED - (session.scalar(reported) or 0)
    record_interruptions(database, interruptions[: max(0, left)])
    return True


def record_heartbeats(database: Engine, shards: Sequence[str], now: datetime) -> None:
    """Record that a gateway reaches Postgres and these shards.

    Idempotent; gateways may do it at the same time, and wait for each other as they write in the same order.
    """
    seconds = int(now.timestamp())
    bit = 1 << seconds % 60 // BEAT_SECONDS
    statement = insert(Heartbeat).values(
        [{"minute": seconds // 60, "shard": shard, "beats": bit} for shard in sorted(shards)]
    )
    merged = Heartbeat.beats.op("|")(bit)
    with database.begin() as connection:
        connection.execute(
            statement.on_conflict_do_update(
                constraint="pk_heartbeats", set_={"beats": merged}, where=merged != Heartbeat.beats
            )
        )
