"""Breaks that staff give a candidate: a gap in one is excused."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.interruptions import InterruptionType, Reporter
from shared.db.tables import Interruption, Participant, Role


def give_break(
    database: Engine, meeting_id: UUID, participant_id: UUID, now: datetime, until: datetime
) -> datetime | None:
    """Let a break last until then, the running one if there is one, and return its start.

    None if the meeting has no such candidate.
    """
    with Session(database) as session, session.begin():
        if not _lock_participant(session, meeting_id, participant_id):
            return None
        running = _find_running(session, participant_id, now)
        before = running.ended_at if running else None
        if running is None:
            running = Interruption(
                participant_id=participant_id,
                started_at=now,
                type=InterruptionType.PAUSED_BY_STAFF,
                reported_by=Reporter.STAFF,
            )
            session.add(running)
        _set_end(session, meeting_id, running, before, until)
        return running.started_at


def end_break(database: Engine, meeting_id: UUID, participant_id: UUID, now: datetime) -> bool:
    """End the running break, if there is one; False if the meeting has no such candidate."""
    with Session(database) as session, session.begin():
        if not _lock_participant(session, meeting_id, participant_id):
            return False
        if running := _find_running(session, participant_id, now):
            _set_end(session, meeting_id, running, running.ended_at, now)
        return True


def _lock_participant(session: Session, meeting_id: UUID, participant_id: UUID) -> bool:
    """Return whether they are a candidate of the meeting; if so, other admins and their erasure wait."""
    query = select(Participant.id).where(
        Participant.id == participant_id,
        Participant.meeting_id == meeting_id,
        Participant.role == Role.CANDIDATE,
    )
    return session.scalar(query.with_for_update(key_share=True)) is not None


def _find_running(session: Session, participant_id: UUID, now: datetime) -> Interruption | None:
    query = select(Interruption).where(
        Interruption.participant_id == participant_id,
        Interruption.type == InterruptionType.PAUSED_BY_STAFF,
        Interruption.started_at <= now,
        Interruption.ended_at > now,
    )
    return session.scalars(query.limit(1)).one_or_none()


def _set_end(
    session: Session, meeting_id: UUID, running: Interruption, before: datetime | None, until: datetime
) -> None:
    running.ended_at = until
    target = f"break of participant {running.participant_id}"
    session.execute(
        insert_audit_entry(
            meeting_id,
            Actor.ADMIN,
            Action.CHANGED,
            target,
            {"until": before.isoformat()} if before else None,
            {"until": until.isoformat()},
        )
    )
