"""Join a meeting, rejoin it, and leave it."""

import logging
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth.credentials import (
    Authorization,
    check_admin,
    count_for_meeting,
    limit_joins,
    read_viewer,
    require_credentials,
    require_meeting,
)
from api.auth.rate_limits import RateLimit
from api.auth.tokens import Bearer
from api.errors import NotAuthorised, NotFound
from api.input.plain_text import Label
from api.meetings.video_meetings import Joined
from api.openapi import error_responses
from api.services import Services, Use
from shared.db.joining import check_open
from shared.db.meetings import find_participant, record_leaving
from shared.db.tables import Meeting, Participant, Role
from shared.settings import VideoProvider
from shared.video.error import VendorUnavailable

log = logging.getLogger(__name__)

router = APIRouter(tags=["meetings"])

REJOINS = RateLimit("rejoins", "attempts of this participant to rejoin", 30, 60)
"""Each may be a call of the vendor."""


class NewParticipant(BaseModel):
    """A person who wants to join."""

    name: Label = Field(examples=["Ada Lovelace"])
    preset_name: str | None = Field(
        None, description="Ignored; accepted for clients of the tutorial. The admin key decides the role"
    )


class Video(BaseModel):
    """Access to the meeting's video for this participant."""

    provider: VideoProvider
    auth_token: str | None = Field(
        None,
        description="For the vendor's SDK; null without a vendor, and while it is unavailable (rejoin later)",
    )


class JoinedParticipant(BaseModel):
    """A participant who has joined the meeting."""

    participant_id: UUID
    role: Role
    token: str = Field(description="Send it as `Authorization: Bearer …`; valid for 24 hours")
    frame_interval_ms: int = Field(description="How often to send a frame")
    video: Video


class Leaving(BaseModel):
    """Whether the candidate has finished."""

    finished: bool = Field(
        default=False,
        description="true: their timeline ends here; false: minutes until they return are a gap",
    )


@router.post(
    "/meetings/{meeting_id}/participants",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 404, 409, 413, 422, 429, 502),
)
async def post_participant(
    services: Use, request: Request, authorization: Authorization, meeting_id: str, body: NewParticipant
) -> JoinedParticipant:
    """Join a meeting as a candidate, or as an admin with the admin key in the `Authorization` header."""
    meeting, role = await run_in_threadpool(_check_join, services, request, authorization, meeting_id)
    meetings = services.meetings
    try:
        joined = await meetings.run(partial(meetings.join, meeting, body.name, role))
    except VendorUnavailable as error:  # exams work without it
        log.warning("somebody joins without video: %s", error)
        joined = await run_in_threadpool(meetings.join_without_video, meeting, body.name, role)
    return _build_answer(services, meeting, joined, role)


def _check_join(
    services: Services, request: Request, authorization: Authorization, meeting_id: str
) -> tuple[Meeting, Role]:
    meeting = require_meeting(services, meeting_id)
    if authorization is None:
        check_open(meeting)
        limit_joins(services, request, meeting)
        return meeting, Role.CANDIDATE
    check_admin(request, meeting, require_credentials(authorization))
    return meeting, Role.ADMIN


@router.post("/meetings/{meeting_id}/rejoin", responses=error_responses(401, 404, 422, 429, 502))
async def post_rejoin(services: Use, authorization: Authorization, meeting_id: str) -> JoinedParticipant:
    """Rejoin with a participant's token: the same participant gets new tokens, also for the video.

    An admin can't after the admin key was replaced.
    """
    viewer = read_viewer(services, authorization)
    if not isinstance(viewer, Bearer) or str(viewer.meeting_id) != meeting_id:
        raise NotFound("the token is not for this meeting")
    meeting, participant = await run_in_threadpool(_find_participant, services, meeting_id, viewer)
    await count_for_meeting(services, REJOINS, meeting, viewer.participant_id)
    joined = await services.meetings.run(partial(services.meetings.rejoin, meeting, participant))
    return _build_answer(services, meeting, joined, viewer.role)


def _find_participant(services: Services, meeting_id: str, viewer: Bearer) -> tuple[Meeting, Participant]:
    meeting = require_meeting(services, meeting_id)
    if viewer.role is Role.ADMIN and viewer.admin_key_hash != meeting.admin_key_hash:
        raise NotAuthorised("the meeting has a new admin key; join with it")
    participant = find_participant(services.database, viewer.participant_id)
    if participant is None:
        raise NotFound("there is no such participant")
    return meeting, participant


def _build_answer(services: Services, meeting: Meeting, joined: Joined, role: Role) -> JoinedParticipant:
    key_hash = meeting.admin_key_hash if role is Role.ADMIN else None
    return JoinedParticipant(
        participant_id=joined.participant_id,
        role=role,
        token=services.tokens.issue(Bearer(meeting.id, joined.participant_id, role, key_hash)),
        frame_interval_ms=services.settings.frame_interval_ms,
        video=Video(provider=services.meetings.video_provider(meeting), auth_token=joined.video_token),
    )


@router.post(
    "/meetings/{meeting_id}/leave",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(401, 404, 413, 422),
)
def post_leave(
    services: Use, authorization: Authorization, meeting_id: str, body: Leaving | None = None
) -> None:
    """Leave the meeting, for now or for good, with a participant's token; a later frame undoes it."""
    viewer = read_viewer(services, authorization)
    if not isinstance(viewer, Bearer) or str(viewer.meeting_id) != meeting_id:
        raise NotFound("the token is not for this meeting")
    record_leaving(services.database, viewer.participant_id, finished=body is not None and body.finished)
