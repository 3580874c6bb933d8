"""Meetings: create one, join it, prove to be its admin."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from redis.exceptions import RedisError

from api.auth.credentials import (
    Authorization,
    Creator,
    bearer_text,
    check_admin,
    count_join,
    count_meeting,
    holds_admin_key,
    read_viewer,
    require_meeting,
)
from api.auth.tokens import Bearer
from api.errors import NotFound, RetentionTooLong
from api.input.plain_text import Label
from api.meetings.rules import cache_rules
from api.meetings.video_meetings import Joined
from api.openapi import answers
from api.services import Services, Use
from shared.db.audit import Actor
from shared.db.joining import check_open
from shared.db.meetings import NO_OVERRIDES, find_participant, record_leaving, retention_days
from shared.db.tables import Meeting, Role
from shared.rules import RuleOverrides
from shared.settings import StoreName, VideoProvider

router = APIRouter(tags=["meetings"])


RetentionDays = Annotated[
    int | None,
    Field(
        ge=1,
        description="How long pictures behind flags are kept; null: as long as the operator keeps any",
    ),
]


class NewMeeting(BaseModel):
    """What a meeting is created from."""

    title: Label = Field(examples=["Algebra I, final exam"])
    rules: RuleOverrides = Field(NO_OVERRIDES, description="What makes a frame a flag; null is as usual here")
    evidence_retention_days: RetentionDays = None


class MeetingData(BaseModel):
    """A meeting, as anyone with its link may know it."""

    id: UUID
    title: str
    created_at: datetime


class VideoOffer(BaseModel):
    """Who carries the meeting's video."""

    provider: VideoProvider


class MeetingInfo(MeetingData):
    """What a candidate is told before joining."""

    frame_interval_ms: int = Field(description="How often a picture is taken")
    evidence_retention_days: int = Field(description="How long the picture behind a flag is kept")
    evidence_store: StoreName
    video: VideoOffer
    closed: bool = Field(description="Whether nobody new may join; people who are in go on")
    capacity: int = Field(description="How many candidates it takes")


class CreatedMeeting(BaseModel):
    """A new meeting and the key to administer it."""

    data: MeetingData
    admin_id: str = Field(description="The admin key: shown this once, stored only as a hash")


class NewParticipant(BaseModel):
    """Who wants to join."""

    name: Label = Field(examples=["Ada Lovelace"])
    preset_name: str | None = Field(
        None, description="Accepted for clients of the tutorial; the role comes from the admin key alone"
    )


class Video(BaseModel):
    """How this participant gets into the meeting's video."""

    provider: VideoProvider
    auth_token: str | None = None


class JoinedParticipant(BaseModel):
    """A participant's place in the meeting."""

    participant_id: UUID
    role: Role
    token: str = Field(description="Send it as `Authorization: Bearer …`; valid for 24 hours")
    frame_interval_ms: int = Field(description="How often a candidate's page sends a frame")
    video: Video


class AdminClaim(BaseModel):
    """A key that may be the admin's."""

    meeting_id: str
    admin_id: str


class AdminAnswer(BaseModel):
    """Whether it is."""

    admin: bool


def check_retention(services: Services, days: int | None) -> None:
    """Raises RetentionTooLong for more days than the operator has pictures kept."""
    most = services.settings.evidence_retention_days
    if days is not None and days > most:
        raise RetentionTooLong(
            f"evidence_retention_days is {days}; pictures are kept {most} days at most here"
        )


@router.post(
    "/meetings",
    status_code=status.HTTP_201_CREATED,
    responses=answers(401, 413, 422, 429, 502),
)
async def post_meeting(services: Use, request: Request, creator: Creator, body: NewMeeting) -> CreatedMeeting:
    """Create a meeting, at the video vendor too. With `OPERATOR_KEY` set, only its holder may."""
    if creator is Actor.ANYONE:
        await count_meeting(services, request)
    check_retention(services, body.evidence_retention_days)
    meeting, admin_key = await run_in_threadpool(
        services.meetings.create_meeting, body.title, creator, body.rules, body.evidence_retention_days
    )
    with suppress(RedisError):  # while it is away a worker asks Postgres
        await cache_rules(services, meeting.id, body.rules)
    data = MeetingData(id=meeting.id, title=meeting.title, created_at=meeting.created_at)
    return CreatedMeeting(data=data, admin_id=admin_key)


@router.post(
    "/meetings/{meeting_id}/participants",
    status_code=status.HTTP_201_CREATED,
    responses=answers(401, 404, 409, 413, 422, 429, 502),
)
def post_participant(
    services: Use, request: Request, authorization: Authorization, meeting_id: str, body: NewParticipant
) -> JoinedParticipant:
    """Join a meeting as a candidate, or as an admin with the admin key in the `Authorization` header."""
    meeting = require_meeting(services, meeting_id)
    if authorization is None:
        role = Role.CANDIDATE
        check_open(meeting)
        count_join(services, request, meeting)
    else:
        role = Role.ADMIN
        check_admin(request, meeting, bearer_text(authorization))
    joined = services.meetings.join(meeting, body.name, role)
    return _seat(services, meeting, joined, role)


@router.post("/meetings/{meeting_id}/rejoin", responses=answers(401, 404, 422, 502))
def post_rejoin(services: Use, authorization: Authorization, meeting_id: str) -> JoinedParticipant:
    """Come back with the token of a participant: the same person, with new tokens for us and the video."""
    viewer = read_viewer(services, authorization)
    if not isinstance(viewer, Bearer) or str(viewer.meeting_id) != meeting_id:
        raise NotFound("the token is not for this meeting")
    meeting = require_meeting(services, meeting_id)
    participant = find_participant(services.database, viewer.participant_id)
    if participant is None:
        raise NotFound("there is no such participant")
    return _seat(services, meeting, services.meetings.rejoin(meeting, participant), viewer.role)


def _seat(services: Services, meeting: Meeting, joined: Joined, role: Role) -> JoinedParticipant:
    return JoinedParticipant(
        participant_id=joined.participant_id,
        role=role,
        token=services.tokens.issue(Bearer(meeting.id, joined.participant_id, role)),
        frame_interval_ms=services.settings.frame_interval_ms,
        video=Video(provider=services.meetings.provider_of(meeting), auth_token=joined.video_token),
    )


@router.get("/meetings/{meeting_id}", responses=answers(404, 422))
def get_meeting(services: Use, meeting_id: str) -> MeetingInfo:
    """What anyone with the link may know: the title, and what is recorded."""
    meeting = require_meeting(services, meeting_id)
    settings = services.settings
    return MeetingInfo(
        id=meeting.id,
        title=meeting.title,
        created_at=meeting.created_at,
        frame_interval_ms=settings.frame_interval_ms,
        evidence_retention_days=retention_days(meeting, settings.evidence_retention_days),
        evidence_store=settings.evidence_store,
        video=VideoOffer(provider=services.meetings.provider_of(meeting)),
        closed=meeting.closed_at is not None,
        capacity=settings.meeting_capacity,
    )


@router.post(
    "/meetings/{meeting_id}/leave", status_code=status.HTTP_204_NO_CONTENT, responses=answers(401, 404, 422)
)
def post_leave(services: Use, authorization: Authorization, meeting_id: str) -> None:
    """Leave the meeting, with the token of a participant; a later frame undoes it."""
    viewer = read_viewer(services, authorization)
    if not isinstance(viewer, Bearer) or str(viewer.meeting_id) != meeting_id:
        raise NotFound("the token is not for this meeting")
    record_leaving(services.database, viewer.participant_id)


@router.post("/is_admin", responses=answers(413, 422, 429))
def is_admin(services: Use, request: Request, body: AdminClaim) -> AdminAnswer:
    """Tell whether the key is the meeting's admin key; an unknown meeting has none."""
    try:
        meeting = require_meeting(services, body.meeting_id)
    except NotFound:
        return AdminAnswer(admin=False)
    return AdminAnswer(admin=holds_admin_key(request, meeting, body.admin_id))
