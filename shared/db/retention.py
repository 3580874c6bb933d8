"""Retention of evidence: which pictures to delete, and that they are deleted."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, Select, func, or_, select, update
from sqlalchemy.orm import Session

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.evidence import StoredEvidence, to_stored_evidence
from shared.db.tables import Evidence, EvidenceStatus, Flag, Meeting

RETRY_DELAY = timedelta(days=1)


def list_evidence_to_retire(database: Engine, max_days: int, limit: int) -> list[StoredEvidence]:
    """Return pictures past `max_days`, then those past their meeting's own retention, each oldest first.

    Of the others only those of meetings with their own retention are read, however many there are.
    Rescheduled ones come when they are due.
    """
    too_old = Evidence.created_at < func.now() - timedelta(days=max_days)
    own_days = Meeting.evidence_retention_days
    past_own = Evidence.created_at < func.now() - func.make_interval(0, 0, 0, own_days)
    with Session(database) as session:
        rows = session.execute(_to_retire(limit).where(too_old)).all()
        if len(rows) < limit:
            own = _to_retire(limit - len(rows)).join(Meeting, Meeting.id == Flag.meeting_id)
            # Not the plain column: Postgres would read all pictures in the order of its index.
            own = own.order_by(None).order_by(Evidence.created_at + timedelta())
            rows = [*rows, *session.execute(own.where(own_days < max_days, ~too_old, past_own))]
        return [to_stored_evidence(*row) for row in rows]


def _to_retire(limit: int) -> Select[Evidence, UUID, UUID]:
    return (
        select(Evidence, Flag.meeting_id, Flag.participant_id)
        .join(Flag)
        .where(
            Evidence.status != EvidenceStatus.DELETED,
            or_(Evidence.status == EvidenceStatus.PENDING, Evidence.next_try_at <= func.now()),
        )
        .order_by(Evidence.created_at)
        .limit(limit)
    )


def reschedule_retirement(database: Engine, evidence_id: UUID) -> None:
    """Retry the deletion tomorrow, so that a picture that can't be deleted does not block the others."""
    with database.begin() as connection:
        connection.execute(
            update(Evidence).where(Evidence.id == evidence_id).values(next_try_at=func.now() + RETRY_DELAY)
        )


def mark_deleted(database: Engine, evidence: StoredEvidence) -> None:
    """Clear a picture that is deleted in its store; the flag stays, with its findings.

    Does nothing to a row whose status has changed since: the picture may have been uploaded meanwhile.
    """
    clear = (
        update(Evidence)
        .where(Evidence.id == evidence.id, Evidence.status == evidence.status)
        .values(
            status=EvidenceStatus.DELETED,
            picture=None,
            thumbnail=None,
            reference=None,
            delete_hash=None,
        )
        .returning(Evidence.id)
    )
    with database.begin() as connection:
        if connection.scalar(clear):
            connection.execute(
                insert_audit_entry(
                    evidence.meeting_id, Actor.SYSTEM, Action.DELETED, f"evidence {evidence.id}"
                )
            )
