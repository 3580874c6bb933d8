"""Retention, export and erasure of personal data; for the meeting's admin."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, model_validator

from api.auth.credentials import AdminMeeting, require_meeting
from api.errors import NotFound
from api.files import send_file
from api.meetings.routes import ExamSettings, RetentionDays, check_retention
from api.openapi import error_responses
from api.participants.archive import write_archive
from api.participants.erasure import erase
from api.participants.participant_id import NO_SUCH_PARTICIPANT, ParticipantId
from api.services import Use
from shared.db.audit import Action, Actor, record_action
from shared.db.audit_checkpoints import load_signing_key, sign_checkpoints
from shared.db.joining import set_joining_closed
from shared.db.meetings import change_exam, retention_days, set_retention
from shared.db.personal_data import load_personal_data
from shared.presence.last_seen import presence_key

router = APIRouter(tags=["privacy"])

MAX_ERASURES = 100
"""Per request: each erasure is one transaction."""


class MeetingChanges(ExamSettings):
    """Changes of a meeting; omitted fields stay unchanged."""

    evidence_retention_days: RetentionDays = None
    closed: bool = Field(
        default=False,
        description="Close the meeting to new candidates; admins and candidates who have joined can return",
    )

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"names none of {', '.join(type(self).model_fields)}")
        return self


class MeetingState(BaseModel):
    """The current settings of a meeting."""

    evidence_retention_days: int
    closed: bool
    exam_url: str | None
    ends_at: datetime | None


class Erasure(BaseModel):
    """The progress of an erasure."""

    participant_id: UUID
    requested_at: datetime
    completed_at: datetime | None = Field(description="null while a store or the vendor still has data")
    pictures_left: int = Field(description="Pictures that are not deleted from their store yet")
    at_video_vendor: bool = Field(description="Whether the video vendor still has the participant")
    last_error: str | None = Field(
        description="The last error of a store or the vendor; the deletion is retried"
    )


class NewErasures(BaseModel):
    """The participants to erase."""

    participant_ids: list[UUID] = Field(min_length=1, max_length=MAX_ERASURES)


class Erasures(BaseModel):
    """The progress of each erasure."""

    erasures: list[Erasure]


@router.patch("/meetings/{meeting_id}", responses=error_responses(401, 404, 413, 422))
def patch_meeting(services: Use, meeting: AdminMeeting, body: MeetingChanges) -> MeetingState:
    """Close a meeting to new candidates or open it again; change its exam or how long pictures are stored."""
    if "evidence_retention_days" in body.model_fields_set:
        check_retention(services, body.evidence_retention_days)
        set_retention(services.database, meeting, body.evidence_retention_days)
    if "closed" in body.model_fields_set:
        set_joining_closed(services.database, meeting, closed=body.closed)
        if body.closed:
            sign_checkpoints(services.database, load_signing_key(services.settings), meeting.id)
    exam = body.model_dump(include=set(ExamSettings.model_fields), exclude_unset=True)
    if exam:
        change_exam(services.database, meeting.id, exam)
    meeting = require_meeting(services, str(meeting.id))
    days = retention_days(meeting, services.settings.evidence_retention_days)
    return MeetingState(
        evidence_retention_days=days,
        closed=meeting.closed_at is not None,
        exam_url=meeting.exam_url,
        ends_at=meeting.ends_at,
    )


@router.post(
    "/meetings/{meeting_id}/erasures",
    status_code=status.HTTP_202_ACCEPTED,
    responses=error_responses(401, 404, 413, 422),
)
async def post_erasures(services: Use, meeting: AdminMeeting, body: NewErasures) -> Erasures:
    """Erase several participants, as `DELETE /meetings/{meeting_id}/participants/{participant_id}` does one.

    Idempotent; unknown ids are ignored. It can't be undone.
    """
    states = [await erase(services, meeting.id, participant_id) for participant_id in body.participant_ids]
    return Erasures(erasures=[Erasure(**asdict(state)) for state in states if state])


@router.delete(
    "/meetings/{meeting_id}/participants/{participant_id}",
    responses=error_responses(401, 404, 422)
    | {202: {"model": Erasure, "description": "Started; repeat the request to see the progress"}},
)
async def delete_participant(
    services: Use, meeting: AdminMeeting, participant_id: ParticipantId, response: Response
) -> Erasure:
    """Erase a participant: name, flags and messages at once, data in stores and at the vendor soon after.

    Repeat the request for the progress: 200 once nothing is left. It can't be undone.
    """
    state = await erase(services, meeting.id, participant_id)
    if state is None:
        raise NotFound("there was never such a participant in this meeting")
    if state.completed_at is None:
        response.status_code = status.HTTP_202_ACCEPTED
    return Erasure(**asdict(state))


@router.get(
    "/meetings/{meeting_id}/participants/{participant_id}/export",
    response_class=StreamingResponse,
    responses=error_responses(401, 404, 422)
    | {200: {"description": "data.json and the pictures", "content": {"application/zip": {}}}},
)
async def get_export(
    services: Use, meeting: AdminMeeting, participant_id: ParticipantId
) -> StreamingResponse:
    """Export all data about a participant as a ZIP archive; of pictures at Imgur only the links."""
    personal = await run_in_threadpool(load_personal_data, services.database, meeting.id, participant_id)
    if personal is None:
        raise NotFound(NO_SUCH_PARTICIPANT)
    stored = await services.shards.of(meeting).redis.get(presence_key(participant_id))
    presence = {"seen": json.loads(stored or "{}")}
    archive = await run_in_threadpool(write_archive, services.settings, personal, presence)
    await run_in_threadpool(
        record_action,
        services.database,
        meeting.id,
        Actor.ADMIN,
        Action.EXPORTED,
        f"participant {participant_id}",
    )
    return send_file(archive, f"participant-{participant_id}.zip", "application/zip")
