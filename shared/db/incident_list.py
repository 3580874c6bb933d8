"""Incidents for the admin: listed and read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Engine, Select, select, tuple_
from sqlalchemy.orm import Session

from shared.db.flags import LISTED, FlagFilter, ListedFlag
from shared.db.incident_evidence import choose_kept
from shared.db.tables import Evidence, EvidenceStatus, Flag, Incident, Participant

MAX_LISTED_FLAGS = 500


class Order(StrEnum):
    """Orders of the list."""

    NEWEST = "newest"
    WORST = "worst"


@dataclass(frozen=True, slots=True)
class IncidentFilter(FlagFilter):
    """Which incidents to list; None means any."""

    reviewer: str | None = None
    name: str | None = None
    """A part of the candidate's name, in any case."""


@dataclass(frozen=True, slots=True)
class ListedIncident:
    """A row of the list, with its strongest flag."""

    incident: Incident
    participant_name: str
    strongest: ListedFlag


Position = tuple[datetime | int, int]
"""After the incident with this time or severity, and this id."""


def incident_page_query(
    meeting_id: UUID, order: Order, after: Position | None, limit: int, wanted: IncidentFilter
) -> Select[Incident, str]:
    """Return the query of one page; its cost is independent of the number of incidents."""
    column = Incident.started_at if order is Order.NEWEST else Incident.severity
    page = (
        select(Incident, Participant.name)
        .join(Participant, Participant.id == Incident.participant_id)
        .where(Incident.meeting_id == meeting_id)
        .order_by(column.desc(), Incident.id.desc())
        .limit(limit)
    )
    if after is not None:
        page = page.where(tuple_(column, Incident.id) < tuple_(*after))
    if wanted.participant_id is not None:
        page = page.where(Incident.participant_id == wanted.participant_id)
    if wanted.kind is not None:
        page = page.where(Incident.kind == wanted.kind)
    if wanted.reviews is not None:
        page = page.where(Incident.review.in_(wanted.reviews))
    if wanted.reviewer is not None:
        page = page.where(Incident.reviewer == wanted.reviewer)
    return page


def list_incidents(
    database: Engine,
    meeting_id: UUID,
    order: Order,
    after: Position | None,
    limit: int,
    wanted: IncidentFilter,
) -> list[ListedIncident]:
    """Return at most `limit` incidents of the meeting after the position."""
    page = incident_page_query(meeting_id, order, after, limit, wanted)
    with Session(database) as session:
        if wanted.name is not None:
            page = page.where(Incident.participant_id.in_(_find_people(session, meeting_id, wanted.name)))
        rows = session.execute(page).all()
        strongest = _find_strongest(session, [incident.id for incident, _ in rows])
        return [
            ListedIncident(incident, name, strongest[incident.id])
            for incident, name in rows
            if incident.id in strongest
        ]


def _find_people(session: Session, meeting_id: UUID, name: str) -> list[UUID]:
    """Compare here: a database in the locale C knows the case of ASCII letters only."""
    people = select(Participant.id, Participant.name).where(Participant.meeting_id == meeting_id)
    return [row.id for row in session.execute(people) if name.casefold() in row.name.casefold()]


def _find_strongest(session: Session, incident_ids: Collection[int]) -> dict[int, ListedFlag]:
    """Return the strongest flag of each incident; one index look-up for each."""
    first = (
        select(Flag.id)
        .where(Flag.incident_id == Incident.id)
        .order_by(Flag.strength.desc(), Flag.id)
        .limit(1)
        .correlate(Incident)
        .scalar_subquery()
    )
    ids = select(first).where(Incident.id.in_(incident_ids))
    flags = [ListedFlag(*row) for row in session.execute(LISTED.where(Flag.id.in_(ids)))]
    return {flag.flag.incident_id: flag for flag in flags if flag.flag.incident_id is not None}


def find_incident(
    database: Engine, meeting_id: UUID, incident_id: int, pictures: int | None = None
) -> tuple[ListedIncident, list[ListedFlag]] | None:
    """Return an incident and its first 500 flags, by time; None if the meeting has no such incident.

    It is read from one snapshot, so that it has flags even if its person is erased meanwhile.
    With `pictures` return only the flags whose pictures are kept, and at most so many.
    """
    query = (
        select(Incident, Participant.name)
        .join(Participant, Participant.id == Incident.participant_id)
        .where(Incident.id == incident_id, Incident.meeting_id == meeting_id)
    )
    snapshot = database.execution_options(isolation_level="REPEATABLE READ")
    with Session(snapshot) as session:
        row = session.execute(query).one_or_none()
        if row is None:
            return None
        of_incident = LISTED.where(Flag.incident_id == incident_id).order_by(Flag.taken_at, Flag.id)
        if pictures is not None:
            kept = _choose_pictures(session, incident_id, pictures)
            of_incident = of_incident.where(Evidence.id.in_(kept))
        flags = session.execute(of_incident.limit(MAX_LISTED_FLAGS))
        strongest = _find_strongest(session, [incident_id])[incident_id]
        return ListedIncident(*row, strongest), [ListedFlag(*flag) for flag in flags]


def _choose_pictures(session: Session, incident_id: int, limit: int) -> set[UUID]:
    """Choose as the evidence worker does: it may not have dropped the others yet."""
    query = (
        select(Evidence.id, Flag.strength)
        .join(Flag)
        .where(Flag.incident_id == incident_id, Evidence.status != EvidenceStatus.DELETED)
        .order_by(Flag.taken_at, Flag.id)
    )
    return choose_kept([(row.id, row.strength) for row in session.execute(query)], limit)
