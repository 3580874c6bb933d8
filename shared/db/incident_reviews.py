"""Reviews of incidents, and what reviewers of a meeting have in common: their inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.flags import ReviewConflictError
from shared.db.incident_list import IncidentFilter, Order, incident_page_query
from shared.db.incidents import lock_participant
from shared.db.tables import Flag, Incident, Review

MAX_LATEST = 100
MAX_REVIEWERS = 200


@dataclass(frozen=True, slots=True)
class IncidentReview:
    """An admin's decision about an incident, why, and by whom, as they say themselves."""

    decision: Review
    reason: str | None
    reviewer: str | None
    expected: Review | None = None


def review_incident(database: Engine, meeting_id: UUID, incident_id: int, review: IncidentReview) -> bool:
    """Record the decision for the incident and all its flags; False if the meeting has no such incident.

    Idempotent. Raises ReviewConflictError if somebody else has decided otherwise since the `expected` state.
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
        if _changes(incident, review):
            _record(session, incident, review)
        return True


def _changes(incident: Incident, review: IncidentReview) -> bool:
    """Return whether there is something to record; raise ReviewConflictError if it would overwrite."""
    is_decided = incident.review == review.decision
    if review.expected in {None, incident.review}:
        return not is_decided or incident.reason != review.reason
    if is_decided and review.reason in {None, incident.reason}:
        return False
    raise ReviewConflictError(Review(incident.review), incident.reviewer)


def _record(session: Session, incident: Incident, review: IncidentReview) -> None:
    before = {"review": incident.review, "reason": incident.reason}
    after = {"review": review.decision, "reason": review.reason}
    incident.review, incident.reason = review.decision, review.reason
    incident.reviewer, incident.reviewed_at = review.reviewer, func.now()
    session.execute(update(Flag).where(Flag.incident_id == incident.id).values(review=review.decision))
    session.flush()
    session.execute(
        insert_audit_entry(
            incident.meeting_id,
            Actor.ADMIN,
            Action(review.decision),
            f"incident {incident.id}",
            before,
            after,
        )
    )


@dataclass(frozen=True, slots=True)
class Inbox:
    """How far the review of a meeting is, and what happened last."""

    counts: dict[Review, int]
    reviewers: list[str]
    newest: Sequence[tuple[Incident, str]]
    """The last incidents that began, with the candidates' names."""
    reviewed: Sequence[Incident]
    """Those that were reviewed or reopened last, the last first."""


def load_inbox(database: Engine, meeting_id: UUID) -> Inbox:
    """Return the state of the inbox."""
    of_meeting = Incident.meeting_id == meeting_id
    groups = select(Incident.review, Incident.reviewer, func.count()).where(of_meeting)
    latest = (
        select(Incident)
        .where(of_meeting, Incident.reviewed_at.is_not(None))
        .order_by(Incident.reviewed_at.desc())
        .limit(MAX_LATEST)
    )
    newest = incident_page_query(meeting_id, Order.NEWEST, None, MAX_LATEST, IncidentFilter())
    with Session(database) as session:
        rows = session.execute(groups.group_by(Incident.review, Incident.reviewer)).all()
        return Inbox(
            {state: sum(count for review, _, count in rows if review == state) for state in Review},
            sorted({name for _, name, _ in rows if name})[:MAX_REVIEWERS],
            [(incident, name) for incident, name in session.execute(newest)],
            session.scalars(latest).all(),
        )
