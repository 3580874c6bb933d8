"""The candidates of a meeting, with what was flagged of each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, ScalarSelect, func, select

from shared.db.interruptions import InterruptionType
from shared.db.tables import Flag, Incident, Interruption, Participant, Review, Role

MAX_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate of a meeting; both counts end at MAX_COUNTED.

    Attributes:
        number: place in the order of joining.
        flags: how many are not dismissed.
        open_incidents: how many nobody has reviewed.
        last_break_ends_at: when the last break that staff have given them ends, or ended.
    """

    participant_id: UUID
    number: int
    name: str
    joined_at: datetime
    left_at: datetime | None
    finished_at: datetime | None
    flags: int
    open_incidents: int
    last_break_ends_at: datetime | None


def list_candidates(database: Engine, meeting_id: UUID) -> list[Candidate]:
    """Return everyone who joined the meeting as a candidate."""
    query = select(
        Participant.id,
        # Never null; the column is, for admins.
        func.coalesce(Participant.number, 0),
        Participant.name,
        Participant.created_at,
        Participant.left_at,
        Participant.finished_at,
        _count_of_participant(Flag, Flag.review != Review.DISMISSED),
        _count_of_participant(Incident, Incident.review == Review.OPEN),
        _end_of_last_break(),
    ).where(Participant.meeting_id == meeting_id, Participant.role == Role.CANDIDATE)
    with database.connect() as connection:
        return [Candidate(*row) for row in connection.execute(query)]


def _end_of_last_break() -> ScalarSelect[datetime | None]:
    return (
        select(func.max(Interruption.ended_at))
        .where(
            Interruption.participant_id == Participant.id,
            Interruption.type == InterruptionType.PAUSED_BY_STAFF,
        )
        .correlate(Participant)
        .scalar_subquery()
    )


def _count_of_participant(table: type[Flag | Incident], wanted: ColumnElement[bool]) -> ScalarSelect[int]:
    # The count is limited: a camera with a flag in every frame must not slow the list down.
    counted = (
        select(table.id)
        .where(table.participant_id == Participant.id, wanted)
        .limit(MAX_COUNTED)
        .correlate(Participant)
        .subquery()
    )
    return select(func.count()).select_from(counted).scalar_subquery()
