"""Messages from admins to candidates, and their receipts."""

import logging
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth.credentials import (
    BEARER_DOCUMENTED,
    AdminMeeting,
    count_for_meeting,
    parse_id,
    require_candidate,
)
from api.auth.rate_limits import RateLimit
from api.errors import OUTAGES, NotFound
from api.input.plain_text import Sentence
from api.live.delivery import give_receipt, mark_undelivered
from api.live.events import NewMessage, Notice, admins_address, candidate_address, candidates_address
from api.live.protocol import SentNotice
from api.openapi import error_responses
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

MESSAGE_LIMIT = RateLimit("messages", "messages in this meeting", 30, 60)
"""More than candidates can read."""


class NewMessageBody(BaseModel):
    """A message to send."""

    text: Sentence = Field(examples=["Please look at your screen."])
    participant_id: UUID | None = Field(
        None, description="The recipient; null: all candidates who have joined"
    )


class MessageRecord(BaseModel):
    """A sent message and the number of its receipts."""

    id: UUID
    participant_id: UUID | None = Field(description="null: sent to all candidates")
    text: str
    sent_at: datetime
    recipients: int
    delivered: int = Field(description="Recipients whose page has shown it")
    acknowledged: int = Field(description="Recipients who have acknowledged it")


class MessageList(BaseModel):
    """The newest 100 messages, newest first."""

    messages: list[MessageRecord]


class ReceiptBody(BaseModel):
    """A candidate's receipt for a message."""

    acknowledged: bool = Field(
        description="false: the page shows it; true: the candidate has acknowledged it"
    )


class UnacknowledgedRecipient(BaseModel):
    """A candidate who has not acknowledged the message."""

    participant_id: UUID
    name: str
    delivered_at: datetime | None = Field(description="null: their page has not shown it yet")


class UnacknowledgedRecipients(BaseModel):
    """The recipients who have not acknowledged the message, by name."""

    people: list[UnacknowledgedRecipient]


@router.post(
    "/meetings/{meeting_id}/messages",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 404, 413, 422, 429),
)
async def post_message(services: Use, meeting: AdminMeeting, body: NewMessageBody) -> MessageRecord:
    """Send a message to one candidate or to all; candidates who are offline receive it when they return."""
    await count_for_meeting(services, MESSAGE_LIMIT, meeting, meeting.id)
    message = await send(services, meeting.id, body.text, body.participant_id)
    if message is None:
        raise NotFound("there is no such candidate in the meeting")
    return MessageRecord(**asdict(message))


@router.get("/meetings/{meeting_id}/messages", responses=error_responses(401, 404, 422))
def get_messages(
    services: Use,
    meeting: AdminMeeting,
    participant_id: Annotated[UUID | None, Query(description="Only messages to this candidate")] = None,
) -> MessageList:
    """List sent messages; with `participant_id` the counts are only of this candidate."""
    messages = list_messages(services.database, meeting.id, participant_id)
    return MessageList(messages=[MessageRecord(**asdict(message)) for message in messages])


@router.get(
    "/meetings/{meeting_id}/messages/{message_id}/unacknowledged", responses=error_responses(401, 404, 422)
)
# For admin pages that were loaded before it was renamed.
@router.get("/meetings/{meeting_id}/messages/{message_id}/silent", include_in_schema=False)
def get_unacknowledged_recipients(
    services: Use,
    meeting: AdminMeeting,
    message_id: Annotated[UUID, Path(description="From the list of messages")],
) -> UnacknowledgedRecipients:
    """List the recipients who have not acknowledged a message."""
    people = list_unacknowledged(services.database, meeting.id, message_id)
    if people is None:
        raise NotFound("there is no such message in this meeting")
    return UnacknowledgedRecipients(people=[UnacknowledgedRecipient(**asdict(person)) for person in people])


@router.post(
    "/meetings/{meeting_id}/messages/{message_id}/receipt",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(401, 404, 413, 422),
    openapi_extra=BEARER_DOCUMENTED,
)
async def post_receipt(
    request: Request,
    services: Use,
    meeting_id: str,
    message_id: Annotated[UUID, Path(description="From the job or the WebSocket")],
    body: ReceiptBody,
) -> None:
    """Report that the page shows a message, or that the candidate has acknowledged it. Idempotent."""
    candidate = await require_candidate(request)
    is_same_meeting = candidate.meeting_id == parse_id(meeting_id, "meeting")
    if not is_same_meeting or not await give_receipt(
        services.hub, services.database, candidate, message_id, acknowledged=body.acknowledged
    ):
        raise NotFound("there is no such message to you in this meeting")


async def send(
    services: Services, meeting_id: UUID, text: str, participant_id: UUID | None
) -> SentMessage | None:
    """Send a message to one candidate, or to all; None if the meeting has no such candidate."""
    message = await run_in_threadpool(send_message, services.database, meeting_id, text, participant_id)
    if message is None:
        return None
    try:
        await _publish(services, meeting_id, message)
    except OUTAGES as error:
        # No error to the admin, who would send it again: it is stored, and candidates would get it twice.
        log.warning("message %s will be delivered when candidates reconnect: %s", message.id, error)
    return message


async def _publish(services: Services, meeting_id: UUID, message: SentMessage) -> None:
    to = message.participant_id
    # First, so that candidates without a WebSocket get it even if publishing fails.
    recipients = await run_in_threadpool(list_recipients, services.database, message.id)
    await mark_undelivered((await services.shards.locate(meeting_id)).redis, recipients)
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
