"""The timeline in Postgres: what the frames of each candidate said, minute by minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from shared.db.batches import delete_in_batches
from shared.db.interruptions import Interruption, InterruptionType, Reporter
from shared.db.tables import Heartbeat, Participant, TimelineMinute
from shared.db.tables import Interruption as InterruptionRow

MAX_FRAMES, MAX_FACES = 32_767, 4_000
"""The most that the columns hold."""
STATES = "-ndhvf"
"""Each `FrameState` at its rank; the highest of a minute counts."""


@dataclass(frozen=True, slots=True)
class Minute:
    """The frames of one candidate in one minute; `minute` counts since 1970, `state` is a `FrameState`."""

    participant_id: UUID
    minute: int
    state: str
    frames: int
    faces: int
    """The most in any frame."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is recorded about one candidate's exam."""

    minutes: list[Minute]
    """In order."""
    interruptions: list[Interruption]
    beats: dict[int, int]
    """For each minute from the first to the last one read, in how many of its six parts a gateway was up."""
    first_beat: int | None
    """The first minute in which heartbeats were recorded at all."""
    finished_at: datetime | None
    newest_in_meeting: int | None
    """The newest minute with frames of anybody in the meeting."""


# A recorded minute never gets smaller: counts start from zero after a loss of Redis or a change of its clock.
# Ordered, so that two tasks that write the same minutes wait for each other instead of failing.
_WRITE = text("""
    INSERT INTO timeline (participant_id, minute, frames, seen)
    SELECT new.participant_id, new.minute, new.frames, new.seen
    FROM unnest(CAST(:participants AS uuid[]), CAST(:minutes AS int[]),
                CAST(:frames AS smallint[]), CAST(:seen AS smallint[]))
         AS new (participant_id, minute, frames, seen)
    JOIN participants ON participants.id = new.participant_id
    ORDER BY new.participant_id, new.minute
    ON CONFLICT (participant_id, minute) DO UPDATE SET
        frames = greatest(timeline.frames, excluded.frames),
        seen = greatest(timeline.seen / 8, excluded.seen / 8) * 8
             + greatest(timeline.seen % 8, excluded.seen % 8)
    WHERE excluded.frames > timeline.frames
       OR excluded.seen / 8 > timeline.seen / 8 OR excluded.seen % 8 > timeline.seen % 8
""")


def write_minutes(database: Engine, minutes: Sequence[Minute]) -> None:
    """Record minutes, each of which may be given once, except of candidates who were erased. Idempotent."""
    with database.begin() as connection:
        connection.execute(
            _WRITE,
            {
                "participants": [str(minute.participant_id) for minute in minutes],
                "minutes": [minute.minute for minute in minutes],
                "frames": [min(minute.frames, MAX_FRAMES) for minute in minutes],
                "seen": [min(minute.faces, MAX_FACES) * 8 + STATES.index(minute.state) for minute in minutes],
            },
        )


def load_record(database: Engine, meeting_id: UUID, shard: str, participant_id: UUID) -> Record | None:
    """Return what is recorded about a candidate's exam; None if the meeting has no such participant.

    `shard` is where the meeting lives, whose outages explain gaps.
    """
    with Session(database) as session:
        participant = session.get(Participant, participant_id)
        if participant is None or participant.meeting_id != meeting_id:
            return None
        minutes = load_minutes(session, participant_id)
        return Record(
            minutes=minutes,
            interruptions=load_interruptions(session, participant_id),
            beats=_load_beats(session, shard, minutes[0].minute) if minutes else {},
            first_beat=session.scalar(select(func.min(Heartbeat.minute)).where(Heartbeat.shard == shard)),
            finished_at=participant.finished_at,
            newest_in_meeting=_find_newest(session, meeting_id),
        )


def load_minutes(session: Session, participant_id: UUID) -> list[Minute]:
    """Return the minutes with frames of a candidate, in order."""
    query = (
        select(TimelineMinute.minute, TimelineMinute.frames, TimelineMinute.seen)
        .where(TimelineMinute.participant_id == participant_id)
        .order_by(TimelineMinute.minute)
    )
    return [
        Minute(participant_id, minute, STATES[seen % 8], frames, seen // 8)
        for minute, frames, seen in session.execute(query)
    ]


def load_interruptions(session: Session, participant_id: UUID) -> list[Interruption]:
    """Return the interruptions of a candidate, oldest first."""
    query = (
        select(InterruptionRow)
        .where(InterruptionRow.participant_id == participant_id)
        .order_by(InterruptionRow.started_at)
    )
    return [
        Interruption(
            row.participant_id,
            InterruptionType(row.type),
            Reporter(row.reported_by),
            row.started_at,
            row.ended_at,
        )
        for row in session.scalars(query)
    ]


def _load_beats(session: Session, shard: str, first_minute: int) -> dict[int, int]:
    query = select(Heartbeat.minute, Heartbeat.beats).where(
        Heartbeat.minute >= first_minute, Heartbeat.shard == shard
    )
    return {minute: beats.bit_count() for minute, beats in session.execute(query)}


def _find_newest(session: Session, meeting_id: UUID) -> int | None:
    # One look into the primary key for each participant.
    newest = (
        select(TimelineMinute.minute)
        .where(TimelineMinute.participant_id == Participant.id)
        .order_by(TimelineMinute.minute.desc())
        .limit(1)
        .lateral()
    )
    query = select(func.max(newest.c.minute)).select_from(Participant).join(newest, text("true"))
    found: int | None = session.scalar(query.where(Participant.meeting_id == meeting_id))
    return found


def delete_old_minutes(database: Engine, now: datetime, days: int) -> int:
    """Delete minutes older than `days`; return how many."""
    oldest = now - timedelta(days=days)
    due = TimelineMinute.minute < int(oldest.timestamp()) // 60
    return delete_in_batches(database, TimelineMinute, due)


def delete_old_interruptions(database: Engine, now: datetime, days: int) -> int:
    """Delete interruptions that began more than `days` ago; return how many."""
    due = InterruptionRow.started_at < now - timedelta(days=days)
    return delete_in_batches(database, InterruptionRow, due)


def delete_old_heartbeats(database: Engine, now: datetime, days: int) -> int:
    """Delete heartbeats older than `days`; return how many."""
    oldest = now - timedelta(days=days)
    return delete_in_batches(database, Heartbeat, Heartbeat.minute < int(oldest.timestamp()) // 60)
