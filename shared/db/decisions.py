"""Decisions of readers about whole attempts. The system never decides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Engine, Select, exists, select
from sqlalchemy.orm import Session, aliased

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.tables import Decision, Erasure, Participant


class Outcome(StrEnum):
    """What a reader concludes about an attempt."""

    CLEAR = "clear"
    VIOLATION = "violation"
    INCONCLUSIVE = "inconclusive"


REOPENED = "reopened"


class DecisionState(StrEnum):
    """Whether an attempt is decided."""

    OPEN = "open"
    AWAITING_SECOND_READER = "awaiting_second_reader"
    """One reader concludes that it is a violation; that takes effect when another agrees."""
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who has read the record of an attempt, as they say themselves: a key has no name."""

    name: str
    email: str
    """Tells readers apart, regardless of upper and lower case."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a reader concludes, and why."""

    outcome: Outcome
    reason_code: str
    comment: str


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One row: a reader's conclusion, or a reopening."""

    id: int
    participant_id: UUID
    participant_name: str
    outcome: str
    takes_effect: bool
    reason_code: str | None
    comment: str
    reader: Reader
    decided_at: datetime

    @property
    def conclusion(self) -> Conclusion | None:
        """The reader's conclusion; None for a reopening."""
        if self.reason_code is None:
            return None
        return Conclusion(Outcome(self.outcome), self.reason_code, self.comment)

    @property
    def state(self) -> DecisionState:
        """The state of the attempt, if this is its newest row."""
        if self.takes_effect:
            return DecisionState.DECIDED
        return DecisionState.OPEN if self.outcome == REOPENED else DecisionState.AWAITING_SECOND_READER


class ParticipantErasedError(Exception):
    """Nothing can be decided about somebody who was erased."""

    def __init__(self) -> None:
        super().__init__("the candidate was erased; there is nothing left to decide about")


class DecisionConflictError(Exception):
    """The attempt is in a state that does not allow this; the message says which, and what to do."""


def decide(
    database: Engine, meeting_id: UUID, participant_id: UUID, conclusion: Conclusion, reader: Reader
) -> DecisionRecord | None:
    """Record a reader's conclusion and return it; None if the meeting has no such participant.

    A violation takes effect only if another reader's violation is waiting for it. Idempotent: a repeated
    conclusion of the same reader changes nothing. Raises ParticipantErasedError or DecisionConflictError.
    """
    with Session(database) as session, session.begin():
        if not _lock_participant(session, meeting_id, participant_id):
            return None
        newest = _find_newest(session, participant_id)
        is_same_reader = newest is not None and _is_same(newest.reader, reader)
        if newest and is_same_reader and newest.conclusion == conclusion:
            return newest
        if newest and newest.state is DecisionState.DECIDED:
            raise DecisionConflictError(
                f"{newest.reader.name} has decided that this attempt is {newest.outcome};"
                " reopen it to decide again"
            )
        agrees = newest is not None and newest.outcome == conclusion.outcome and not is_same_reader
        decision = Decision(
            outcome=conclusion.outcome,
            takes_effect=agrees or conclusion.outcome is not Outcome.VIOLATION,
            reason_code=conclusion.reason_code,
            comment=conclusion.comment,
        )
        return _insert(session, meeting_id, participant_id, decision, reader, newest)


def reopen(
    database: Engine, meeting_id: UUID, participant_id: UUID, reason: str, reader: Reader
) -> DecisionRecord | None:
    """Reopen a decided attempt, or withdraw a first reader's violation; None and errors as for `decide`."""
    with Session(database) as session, session.begin():
        if not _lock_participant(session, meeting_id, participant_id):
            return None
        newest = _find_newest(session, participant_id)
        if newest is None or newest.state is DecisionState.OPEN:
            raise DecisionConflictError("this attempt is open; there is no decision to reopen")
        decision = Decision(outcome=REOPENED, takes_effect=False, comment=reason)
        return _insert(session, meeting_id, participant_id, decision, reader, newest)


def list_history(database: Engine, meeting_id: UUID, participant_id: UUID) -> list[DecisionRecord] | None:
    """Return all records of an attempt, newest first; None if the meeting has no such participant."""
    with Session(database) as session:
        known = select(Participant.id).where(
            Participant.id == participant_id, Participant.meeting_id == meeting_id
        )
        if session.scalar(known) is None:
            return None
        return load_history(session, participant_id)


def load_history(session: Session, participant_id: UUID) -> list[DecisionRecord]:
    """Return all records of an attempt, newest first."""
    query = _RECORDS.where(Decision.participant_id == participant_id).order_by(Decision.id.desc())
    return [_to_record(*row) for row in session.execute(query)]


def list_newest(
    database: Engine, meeting_id: UUID, before_id: int | None, limit: int
) -> list[DecisionRecord]:
    """Return the newest record of each attempt that has one, newest first, with ids below `before_id`."""
    newer = aliased(Decision)
    query = (
        _RECORDS.where(
            Decision.meeting_id == meeting_id,
            ~exists().where(newer.participant_id == Decision.participant_id, newer.id > Decision.id),
        )
        .order_by(Decision.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(Decision.id < before_id)
    with Session(database) as session:
        return [_to_record(*row) for row in session.execute(query)]


_RECORDS: Select[Decision, str] = select(Decision, Participant.name).join(
    Participant, Participant.id == Decision.participant_id
)


def _lock_participant(session: Session, meeting_id: UUID, participant_id: UUID) -> bool:
    """Lock the row, so that readers decide one after the other; raise ParticipantErasedError."""
    person = select(Participant.id).where(
        Participant.id == participant_id, Participant.meeting_id == meeting_id
    )
    if session.scalar(person.with_for_update(key_share=True)) is not None:
        return True
    erased = select(Erasure).where(Erasure.participant_id == participant_id, Erasure.meeting_id == meeting_id)
    if session.scalar(erased) is not None:
        raise ParticipantErasedError
    return False


def _find_newest(session: Session, participant_id: UUID) -> DecisionRecord | None:
    query = _RECORDS.where(Decision.participant_id == participant_id).order_by(Decision.id.desc()).limit(1)
    row = session.execute(query).one_or_none()
    return _to_record(*row) if row else None


def _is_same(reader: Reader, other: Reader) -> bool:
    return reader.email.casefold() == other.email.casefold()


def _insert(
    session: Session,
    meeting_id: UUID,
    participant_id: UUID,
    decision: Decision,
    reader: Reader,
    newest: DecisionRecord | None,
) -> DecisionRecord:
    decision.meeting_id, decision.participant_id = meeting_id, participant_id
    decision.reader_name, decision.reader_email = reader.name, reader.email
    session.add(decision)
    session.flush()
    record = _find_newest(session, participant_id)
    assert record  # noqa: S101 - inserted above
    action = Action.REOPENED if decision.outcome == REOPENED else Action.DECIDED
    target = f"decision {record.id} about participant {participant_id}"
    session.execute(
        insert_audit_entry(
            meeting_id, Actor.ADMIN, action, target, _audited(newest) if newest else None, _audited(record)
        )
    )
    return record


def _audited(record: DecisionRecord) -> dict[str, object]:
    """Return what the audit log keeps: no names."""
    return {
        "decision": record.id,
        "state": record.state,
        "outcome": record.outcome,
        "reason_code": record.reason_code,
    }


def _to_record(decision: Decision, participant_name: str) -> DecisionRecord:
    return DecisionRecord(
        id=decision.id,
        participant_id=decision.participant_id,
        participant_name=participant_name,
        outcome=decision.outcome,
        takes_effect=decision.takes_effect,
        reason_code=decision.reason_code,
        comment=decision.comment,
        reader=Reader(decision.reader_name, decision.reader_email),
        decided_at=decision.decided_at,
    )
