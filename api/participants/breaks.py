"""Breaks that an invigilator gives a candidate."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting
from api.errors import NotFound
from api.live.messages import send
from api.openapi import error_responses
from api.participants.participant_id import NO_SUCH_PARTICIPANT, ParticipantId
from api.services import Use
from shared.db.breaks import end_break, give_break

router = APIRouter(tags=["people"])

PATH = "/meetings/{meeting_id}/participants/{participant_id}/break"
MAX_BREAK_MINUTES = 120


class NewBreak(BaseModel):
    """How long the break lasts from now."""

    minutes: int = Field(ge=1, le=MAX_BREAK_MINUTES, examples=[10])


class Break(BaseModel):
    """Gaps within it are of type `paused_by_staff`; frames within it are judged as ever."""

    started_at: datetime
    until: datetime


@router.put(PATH, responses=error_responses(401, 404, 413, 422))
async def put_break(
    services: Use, meeting: AdminMeeting, participant_id: ParticipantId, body: NewBreak
) -> Break:
    """Give a candidate a break and tell them so; a running break is made longer or shorter."""
    now = datetime.now(UTC)
    until = now + timedelta(minutes=body.minutes)
    started_at = await run_in_threadpool(
        give_break, services.database, meeting.id, participant_id, now, until
    )
    if started_at is None:
        raise NotFound(NO_SUCH_PARTICIPANT)
    unit = "minute" if body.minutes == 1 else "minutes"
    text = f"You have a break of {body.minutes} {unit}, starting now. You may leave the camera."
    await send(services, meeting.id, text, participant_id)
    return Break(started_at=started_at, until=until)


@router.delete(PATH, status_code=status.HTTP_204_NO_CONTENT, responses=error_responses(401, 404, 422))
async def delete_break(services: Use, meeting: AdminMeeting, participant_id: ParticipantId) -> None:
    """End a candidate's break now. Idempotent."""
    if not await run_in_threadpool(
        end_break, services.database, meeting.id, participant_id, datetime.now(UTC)
    ):
        raise NotFound(NO_SUCH_PARTICIPANT)
