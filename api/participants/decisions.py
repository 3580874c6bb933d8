"""Decisions of readers about whole attempts, for the meeting's admin."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting
from api.errors import DecisionConflict, InvalidInput, NotFound, ParticipantErased
from api.input.plain_text import Email, Label, Paragraph
from api.input.validation_errors import FieldError
from api.openapi import error_responses
from api.participants.participant_id import NO_SUCH_PARTICIPANT, ParticipantId
from api.services import Use
from shared.db.decisions import (
    Conclusion,
    DecisionConflictError,
    DecisionRecord,
    DecisionState,
    Outcome,
    ParticipantErasedError,
    decide,
    list_history,
    list_newest,
    reopen,
)
from shared.db.decisions import Reader as DecidingReader

router = APIRouter(tags=["decisions"])

MAX_PAGE_DECISIONS = 500
PATH = "/meetings/{meeting_id}/participants/{participant_id}/decision"


class Reader(BaseModel):
    """Who has read the record of the attempt; an admin key does not say."""

    name: Label = Field(examples=["Grace Hopper"])
    email: Email = Field(description="Tells readers apart", examples=["grace@example.org"])


class NewDecision(BaseModel):
    """What a reader concludes about an attempt."""

    outcome: Outcome
    reason_code: str = Field(description="One of `reason_codes` of the list", examples=["no_concern"])
    comment: Paragraph | Literal[""] = ""
    reader: Reader


class Reopening(BaseModel):
    """Why an attempt is decided again."""

    reason: Paragraph
    reader: Reader


class DecisionEntry(BaseModel):
    """A reader's conclusion, or a reopening."""

    id: int
    outcome: Outcome | Literal["reopened"]
    takes_effect: bool = Field(description="False for a violation until a second reader agrees")
    reason_code: str | None
    comment: str
    reader: Reader
    at: datetime


class AttemptDecision(BaseModel):
    """The decision about one candidate's attempt."""

    participant_id: UUID
    participant_name: str
    state: DecisionState
    newest: DecisionEntry


class DecisionHistory(BaseModel):
    """Everything that readers concluded about one attempt, newest first."""

    state: DecisionState
    entries: list[DecisionEntry]
    reason_codes: list[str]


class DecisionPage(BaseModel):
    """A page of the attempts that somebody has read."""

    decisions: list[AttemptDecision]
    next: int | None = Field(description="`after` of the next page, with older ones; null on the last")
    reason_codes: list[str] = Field(description="Allowed in this installation")


@router.post(PATH, responses=error_responses(401, 404, 409, 413, 422))
def post_decision(
    services: Use, meeting: AdminMeeting, participant_id: ParticipantId, body: NewDecision
) -> AttemptDecision:
    """Decide about an attempt. A `violation` takes effect when a second reader sends it too. Idempotent."""
    codes = services.settings.decision_reason_codes
    if body.reason_code not in codes:
        allowed = f"must be one of {', '.join(codes)}"
        raise InvalidInput(f"reason_code {allowed}", [FieldError(field="reason_code", message=allowed)])
    conclusion = Conclusion(body.outcome, body.reason_code, body.comment)
    return _answer(
        lambda: decide(services.database, meeting.id, participant_id, conclusion, _to_reader(body.reader))
    )


@router.post(f"{PATH}/reopen", responses=error_responses(401, 404, 409, 413, 422))
def post_reopening(
    services: Use, meeting: AdminMeeting, participant_id: ParticipantId, body: Reopening
) -> AttemptDecision:
    """Reopen a decided attempt; its history stays."""
    return _answer(
        lambda: reopen(services.database, meeting.id, participant_id, body.reason, _to_reader(body.reader))
    )


@router.get(PATH, responses=error_responses(401, 404, 422))
def get_decision(services: Use, meeting: AdminMeeting, participant_id: ParticipantId) -> DecisionHistory:
    """Get what readers concluded about an attempt."""
    history = list_history(services.database, meeting.id, participant_id)
    if history is None:
        raise NotFound(NO_SUCH_PARTICIPANT)
    return DecisionHistory(
        state=history[0].state if history else DecisionState.OPEN,
        entries=[_build_entry(record) for record in history],
        reason_codes=list(services.settings.decision_reason_codes),
    )


@router.get("/meetings/{meeting_id}/decisions", responses=error_responses(401, 404, 422))
def get_decisions(
    services: Use,
    meeting: AdminMeeting,
    after: Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_DECISIONS)] = 100,
) -> DecisionPage:
    """List the attempts that somebody has read, the newest decision first."""
    records = list_newest(services.database, meeting.id, after, limit + 1)
    return DecisionPage(
        decisions=[_build_attempt(record) for record in records[:limit]],
        next=records[limit - 1].id if len(records) > limit else None,
        reason_codes=list(services.settings.decision_reason_codes),
    )


def _answer(act: Callable[[], DecisionRecord | None]) -> AttemptDecision:
    try:
        record = act()
    except ParticipantErasedError as error:
        raise ParticipantErased(str(error)) from None
    except DecisionConflictError as conflict:
        raise DecisionConflict(str(conflict)) from None
    if record is None:
        raise NotFound(NO_SUCH_PARTICIPANT)
    return _build_attempt(record)


def _to_reader(reader: Reader) -> DecidingReader:
    return DecidingReader(reader.name, reader.email)


def _build_attempt(record: DecisionRecord) -> AttemptDecision:
    return AttemptDecision(
        participant_id=record.participant_id,
        participant_name=record.participant_name,
        state=record.state,
        newest=_build_entry(record),
    )


def _build_entry(record: DecisionRecord) -> DecisionEntry:
    return DecisionEntry(
        id=record.id,
        outcome=Outcome(record.outcome) if record.reason_code else "reopened",
        takes_effect=record.takes_effect,
        reason_code=record.reason_code,
        comment=record.comment,
        reader=Reader(name=record.reader.name, email=record.reader.email),
        at=record.decided_at,
    )
