"""Incidents for the admin: listed, read and reviewed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Engine, Select, func, select, tuple_, update
from sqlalchemy.orm import Session

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.flags import LISTED, FlagFilter, ListedFlag, ReviewConflictError
from shared.db.incidents import lock_participant
from shared.db.tables import Flag, Incident, Participant, Review

MAX_LISTED_FLAGS = 500


class Order(StrEnum):
    """Orders of the list."""

    NEWEST = "newest"
    WORST = "worst"


@dataclass(frozen=True, slots=True)
class ListedIncident:
    """A row of the list, with its strongest flag."""

    incident: Incident
    participant_name: str
    strongest: ListedFlag


Position = tuple[datetime | int, int]
"""After the incident with this time or severity, and this id."""


def incident_page_query(
    meeting_id: UUID, order: Order, after: Position | None, limit: int, wanted: FlagFilter
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
    return page


def list_incidents(
    database: Engine,
    meeting_id: UUID,
    order: Order,
    after: Position | None,
    limit: int,
    wanted: FlagFilter,
) -> list[ListedIncident]:
    """Return at most `limit` incidents of the meeting after the position."""
    with Session(database) as session:
        rows = session.execute(incident_page_query(meeting_id, order, after, limit, wanted)).all()
        strongest = _find_strongest(session, [incident.id for incident, _ in rows])
        return [
            ListedIncident(incident, name, strongest[incident.id])
            for incident, name in rows
            if incident.id in strongest
        ]


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
    database: Engine, meeting_id: UUID, incident_id: int
) -> tuple[ListedIncident, list[ListedFlag]] | None:
    """Return an incident and its first 500 flags, by time; None if the meeting has no such incident."""
    query = (
        select(Incident, Participant.name)
        .join(Participant, Participant.id == Incident.participant_id)
        .where(Incident.id == incident_id, Incident.meeting_id == meeting_id)
    )
    with Session(database) as session:
        row = session.execute(query).one_or_none()
        if row is None:
            return None
        of_incident = LISTED.where(Flag.incident_id == incident_id)
        flags = session.execute(of_incident.order_by(Flag.taken_at, Flag.id).limit(MAX_LISTED_FLAGS))
        strongest = _find_strongest(session, [incident_id])[incident_id]
        return ListedIncident(*row, strongest), [ListedFlag(*flag) for flag in flags]


@dataclass(frozen=True, slots=True)
class IncidentReview:
    """An admin's decision about an incident, why, and by whom, as they say themselves."""

    decision: Review
    reason: str | None
    reviewer: str | None
    expected: Review | None = None


def review_incident(database: Engine, meeting_id: UUID, incident_id: int, review: IncidentReview) -> bool:
    """Record the decision for the incident and all its flags; False if the meeting has no such incident.

    Idempotent. Raises ReviewConflictError if it has neither the decided state nor the expected one.
    """
    query = select(Incident).where(Incident.id == incident_id, Incident.meeting_id == meeting_id)
    with Session(database) as session, session.begin():
        found = session.scalar(query)
        if found is None:
            return False
        lock_participant(session, found.participant_id)
        # Read again: it may have been reviewed, extended or merged while we waited.
        incident = session.scalar(query.execution_options(populate_existing=True))
        if incident is None:
            return False
        before = {"review": incident.review, "reason": incident.reason}
        after = {"review": review.decision, "reason": review.reason}
        if before == after:
            return True
        if incident.review not in {review.decision, review.expected or incident.review}:
            raise ReviewConflictError(Review(incident.review))
        incident.review, incident.reason = review.decision, review.reason
        incident.reviewer, incident.reviewed_at = review.reviewer, func.now()
        session.execute(update(Flag).where(Flag.incident_id == incident_id).values(review=review.decision))
        session.flush()
        entry = insert_audit_entry(
            meeting_id, Actor.ADMIN, Action(review.decision), f"incident {incident_id}", before, after
        )
        session.execute(entry)
        return True
