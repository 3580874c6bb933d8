"""Everything that is recorded about one candidate's attempt, as it was at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from shared.db.audit import RULES, Entry, live_view_of, read_entries
from shared.db.decisions import DecisionRecord, load_history
from shared.db.tables import (
    AuditEntry,
    Delivery,
    Evidence,
    EvidenceStatus,
    Flag,
    Incident,
    Meeting,
    Message,
    Participant,
)


@dataclass(frozen=True, slots=True)
class AttemptIncident:
    """An incident with its strongest flag, and the ids of its pictures that are kept, by time."""

    incident: Incident
    strongest: Flag
    pictures: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class AttemptMessage:
    """A message to the candidate, and their receipts."""

    text: str
    sent_at: datetime
    delivered_at: datetime | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One candidate's exam in a meeting."""

    meeting: Meeting
    participant: Participant
    incidents: Sequence[AttemptIncident]
    messages: Sequence[AttemptMessage]
    decisions: Sequence[DecisionRecord]
    live_views: Sequence[Entry]
    rule_changes: Sequence[Entry]


def load_attempt(database: Engine, meeting_id: UUID, participant_id: UUID) -> Attempt | None:
    """Return the attempt, from one snapshot: while a person is erased it is whole or None."""
    snapshot = database.execution_options(isolation_level="REPEATABLE READ")
    with Session(snapshot) as session:
        participant = session.get(Participant, participant_id)
        if participant is None or participant.meeting_id != meeting_id:
            return None
        attempt = Attempt(
            meeting=session.get_one(Meeting, meeting_id),
            participant=participant,
            incidents=_load_incidents(session, participant_id),
            messages=[AttemptMessage(*row) for row in session.execute(_messages(participant_id))],
            decisions=load_history(session, participant_id),
            live_views=read_entries(
                session.connection(),
                AuditEntry.meeting_id == meeting_id,
                AuditEntry.object == live_view_of(participant_id),
            ),
            rule_changes=read_entries(
                session.connection(), AuditEntry.meeting_id == meeting_id, AuditEntry.object.startswith(RULES)
            ),
        )
        session.expunge_all()
        return attempt


def _load_incidents(session: Session, participant_id: UUID) -> list[AttemptIncident]:
    incidents = session.scalars(
        select(Incident)
        .where(Incident.participant_id == participant_id)
        .order_by(Incident.started_at, Incident.id)
    )
    flags = select(Flag).where(Flag.participant_id == participant_id)
    strongest = {
        flag.incident_id: flag
        for flag in session.scalars(
            flags.ext(distinct_on(Flag.incident_id)).order_by(Flag.incident_id, Flag.strength.desc(), Flag.id)
        )
    }
    kept = (
        select(Flag.incident_id, Evidence.id)
        .join(Evidence, Evidence.flag_id == Flag.id)
        .where(Flag.participant_id == participant_id, Evidence.status != EvidenceStatus.DELETED)
        .order_by(Flag.taken_at, Flag.id)
    )
    pictures: dict[int | None, list[UUID]] = {}
    for incident_id, evidence_id in session.execute(kept):
        pictures.setdefault(incident_id, []).append(evidence_id)
    return [
        AttemptIncident(incident, strongest[incident.id], pictures.get(incident.id, []))
        for incident in incidents
        if incident.id in strongest
    ]


def _messages(participant_id: UUID) -> Select[str, datetime, datetime | None, datetime | None]:
    return (
        select(Message.text, Message.sent_at, Delivery.delivered_at, Delivery.acknowledged_at)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.participant_id == participant_id)
        .order_by(Message.sent_at, Message.id)
    )
