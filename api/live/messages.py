"""What an admin says to candidates, and the record of it."""

import logging
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth.credentials import BEARER_DOCUMENTED, AdminMeeting, parse_id, require_candidate
from api.auth.rate_limits import RateLimit
from api.errors import OUTAGES, NotFound
from api.input.plain_text import Sentence
from api.live.delivery import give_receipt, mark_undelivered
from api.live.events import NewMessage, Notice, admins_address, candidate_address, candidates_address
from api.live.protocol import SentNotice
from api.openapi import answers
from api.services import Services, Use
from shared.db.messages import (
    SentMessage,
    list_messages,
    list_recipients,
    list_unacknowledged,
    send_message,
)

log = logging.getLogger(__name__)

router = APIRouter(tags=["messages"])

MOST_IN_A_MINUTE = RateLimit("messages", "messages in this meeting", 30, 60)
"""More than candidates can read."""


class NewMessageBody(BaseModel):
    """What is said, and to whom."""

    text: Sentence = Field(examples=["Please look at your screen."])
    participant_id: UUID | None = Field(None, description="One candidate; without it, all who have joined")


class MessageRecord(BaseModel):
    """A message, and how far it has come."""

    id: UUID
    participant_id: UUID | None = Field(description="null: it went to all")
    text: str
    sent_at: datetime
    recipients: int
    delivered: int = Field(description="How many of their pages have shown it")
    acknowledged: int = Field(description="How many of them have said that they read it")


class MessageList(BaseModel):
    """The newest hundred, newest first."""

    messages: list[MessageRecord]


class ReceiptBody(BaseModel):
    """How far a message has come with the candidate who sends this."""

    acknowledged: bool = Field(description="false: it is on the screen; true: the candidate has read it")


class UnacknowledgedRecipient(BaseModel):
    """A candidate who has not said that they read the message."""

    participant_id: UUID
    name: str
    delivered_at: datetime | None = Field(description="null: their page has not shown it yet")


class UnacknowledgedRecipients(BaseModel):
    """Everyone who has not, by name."""

    people: list[UnacknowledgedRecipient]


@router.post(
    "/meetings/{meeting_id}/messages",
    status_code=status.HTTP_201_CREATED,
    responses=answers(401, 404, 413, 422, 429),
)
async def post_message(services: Use, meeting: AdminMeeting, body: NewMessageBody) -> MessageRecord:
    """Say something to a candidate or to all; who is offline gets it when they return."""
    await MOST_IN_A_MINUTE.count(services.redis, meeting.id)
    message = await run_in_threadpool(
        send_message, services.database, meeting.id, body.text, body.participant_id
    )
    if message is None:
        raise NotFound("there is no such candidate in the meeting")
    try:
        await _tell(services, meeting.id, message)
    except OUTAGES as error:
        # It is kept: were this an error, the admin would say it again and the candidate hear it twice.
        log.warning("message %s waits for its candidates to connect again: %s", message.id, error)
    return MessageRecord(**asdict(message))


@router.get("/meetings/{meeting_id}/messages", responses=answers(401, 404, 422))
def get_messages(
    services: Use,
    meeting: AdminMeeting,
    participant_id: Annotated[UUID | None, Query(description="Only what this candidate was told")] = None,
) -> MessageList:
    """The record of what was said; of one candidate, the counts are of them alone."""
    messages = list_messages(services.database, meeting.id, participant_id)
    return MessageList(messages=[MessageRecord(**asdict(message)) for message in messages])


@router.get("/meetings/{meeting_id}/messages/{message_id}/unacknowledged", responses=answers(401, 404, 422))
# For admin pages that were loaded before the release which renamed it.
@router.get("/meetings/{meeting_id}/messages/{message_id}/silent", include_in_schema=False)
def get_unacknowledged_recipients(
    services: Use,
    meeting: AdminMeeting,
    message_id: Annotated[UUID, Path(description="From the record of messages")],
) -> UnacknowledgedRecipients:
    """Who has not acknowledged a message."""
    people = list_unacknowledged(services.database, meeting.id, message_id)
    if people is None:
        raise NotFound("there is no such message in this meeting")
    return UnacknowledgedRecipients(people=[UnacknowledgedRecipient(**asdict(person)) for person in people])


@router.post(
    "/meetings/{meeting_id}/messages/{message_id}/receipt",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=answers(401, 404, 413, 422),
    openapi_extra=BEARER_DOCUMENTED,
)
async def post_receipt(
    request: Request,
    services: Use,
    meeting_id: str,
    message_id: Annotated[UUID, Path(description="As it came with the job or over the WebSocket")],
    body: ReceiptBody,
) -> None:
    """Say that a message is on the candidate's screen, or acknowledged, as over the WebSocket; idempotent."""
    who = await require_candidate(request)
    is_here = who.meeting_id == parse_id(meeting_id, "meeting")
    if not is_here or not await give_receipt(
        services.hub, services.database, who, message_id, acknowledged=body.acknowledged
    ):
        raise NotFound("there is no such message to you in this meeting")


async def _tell(services: Services, meeting_id: UUID, message: SentMessage) -> None:
    to = message.participant_id
    # First, so that it also comes to those whom no event reaches.
    recipients = await run_in_threadpool(list_recipients, services.database, message.id)
    await mark_undelivered(services.redis, recipients)
    await services.hub.publish(
        candidate_address(meeting_id, to) if to else candidates_address(meeting_id), NewMessage()
    )
    notice = SentNotice(
        id=message.id,
        participant_id=to,
        text=message.text,
        sent_at=message.sent_at,
        recipients=message.recipients,
    )
    await services.hub.publish(admins_address(meeting_id), Notice(notice=notice))
