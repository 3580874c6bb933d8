"""Create meetings, and tell what they are; check admin keys."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, Field
from redis.exceptions import RedisError

from api.auth.credentials import (
    Operator,
    holds_admin_key,
    limit_new_meetings,
    require_meeting,
)
from api.errors import NotFound, RetentionTooLong
from api.input.exam_fields import ExamEnd, ExamUrl
from api.input.plain_text import Label
from api.meetings.rules import cache_rules
from api.openapi import error_responses
from api.services import Services, Use
from shared.db.audit import Actor
from shared.db.meetings import NO_OVERRIDES, retention_days
from shared.rules import RuleOverrides
from shared.settings import StoreName, VideoProvider

router = APIRouter(tags=["meetings"])

RetentionDays = Annotated[
    int | None,
    Field(
        ge=1,
        description="How long pictures of flags are stored; null: the operator's setting",
    ),
]


class ExamSettings(BaseModel):
    """Where the exam is taken, and when it ends. Shown to candidates."""

    exam_url: ExamUrl | None = Field(
        None,
        description="Where candidates take the exam; http or https",
        examples=["https://lms.example.org/7"],
    )
    ends_at: ExamEnd | None = Field(
        None, description="When the exam ends, with a time zone; candidates see the time left"
    )


class NewMeeting(ExamSettings):
    """The settings of a new meeting."""

    title: Label = Field(examples=["Algebra I, final exam"])
    rules: RuleOverrides = Field(
        NO_OVERRIDES, description="When to flag a frame; null: the operator's default"
    )
    evidence_retention_days: RetentionDays = None


class MeetingData(BaseModel):
    """Public data of a meeting."""

    id: UUID
    title: str
    created_at: datetime


class VideoOffer(BaseModel):
    """The provider of the meeting's video."""

    provider: VideoProvider


class MeetingInfo(MeetingData):
    """What a candidate should know before joining."""

    frame_interval_ms: int = Field(description="How often a picture is taken")
    evidence_retention_days: int = Field(description="How long the picture of a flag is stored")
    evidence_store: StoreName
    video: VideoOffer
    closed: bool = Field(description="Whether it is closed to new candidates; those who have joined continue")
    capacity: int = Field(description="Maximum number of candidates")
    log_retention_days: int = Field(description="How long timelines are stored")
    exam_url: str | None = Field(description="Where candidates take the exam")
    ends_at: datetime | None = Field(description="When the exam ends")
    server_time: datetime = Field(description="The server's clock, by which the time left counts")
    office_contact: str | None = Field(description="How to reach the exam office; `OFFICE_CONTACT`")


class CreatedMeeting(BaseModel):
    """A new meeting and its admin key."""

    data: MeetingData
    admin_id: str = Field(description="The admin key: shown only once, stored only as a hash")


class AdminClaim(BaseModel):
    """A key to check against the meeting's admin key."""

    meeting_id: str
    admin_id: str


class AdminAnswer(BaseModel):
    """Whether the key is the admin key."""

    admin: bool


def check_retention(services: Services, days: int | None) -> None:
    """Raise RetentionTooLong if `days` exceeds the operator's setting."""
    max_days = services.settings.evidence_retention_days
    if days is not None and days > max_days:
        raise RetentionTooLong(f"evidence_retention_days is {days}; at most {max_days} are allowed here")


@router.post(
    "/meetings",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 413, 422, 429, 502),
)
async def post_meeting(
    services: Use, request: Request, creator: Operator, body: NewMeeting
) -> CreatedMeeting:
    """Create a meeting, also at the video vendor. Requires the operator key if `OPERATOR_KEY` is set."""
    if creator is Actor.ANYONE:
        await limit_new_meetings(services, request)
    check_retention(services, body.evidence_retention_days)
    create = partial(
        services.meetings.create_meeting,
        body.title,
        creator,
        body.rules,
        body.evidence_retention_days,
        await services.shards.place(),
        body.exam_url,
        body.ends_at,
    )
    meeting, admin_key = await services.meetings.run(create)
    with suppress(RedisError):  # without the cache workers read the rules from Postgres
        await cache_rules(services.shards.of(meeting).redis, meeting.id, body.rules)
    data = MeetingData(id=meeting.id, title=meeting.title, created_at=meeting.created_at)
    return CreatedMeeting(data=data, admin_id=admin_key)


@router.get("/meetings/{meeting_id}", responses=error_responses(404, 422))
def get_meeting(services: Use, meeting_id: str) -> MeetingInfo:
    """Get the public data of a meeting: its title, and what is recorded."""
    meeting = require_meeting(services, meeting_id)
    settings = services.settings
    return MeetingInfo(
        id=meeting.id,
        title=meeting.title,
        created_at=meeting.created_at,
        frame_interval_ms=settings.frame_interval_ms,
        evidence_retention_days=retention_days(meeting, settings.evidence_retention_days),
        evidence_store=settings.evidence_store,
        video=VideoOffer(provider=services.meetings.video_provider(meeting)),
        closed=meeting.closed_at is not None,
        capacity=settings.meeting_capacity,
        log_retention_days=settings.audit_days,
        exam_url=meeting.exam_url,
        ends_at=meeting.ends_at,
        server_time=datetime.now(UTC),
        office_contact=settings.office_contact,
    )


@router.post("/is_admin", responses=error_responses(413, 422, 429))
def is_admin(services: Use, request: Request, body: AdminClaim) -> AdminAnswer:
    """Check whether the key is the meeting's admin key; false for an unknown meeting."""
    try:
        meeting = require_meeting(services, body.meeting_id)
    except NotFound:
        return AdminAnswer(admin=False)
    return AdminAnswer(admin=holds_admin_key(request, meeting, body.admin_id))
