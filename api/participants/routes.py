"""The list of candidates with their presence, for the meeting's admin."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting, parse_id
from api.errors import NotAuthorised, NotFound
from api.files import PRIVATE_PICTURE_HEADERS
from api.openapi import error_responses
from api.ops.queue_stats import read_queue_stats
from api.participants.presence import Presence, derive_presence
from api.services import Services, Use
from shared.db.candidates import Candidate, list_candidates
from shared.db.tables import Meeting
from shared.presence.connection import connected_key
from shared.presence.last_seen import (
    NO_COVERAGE,
    LastSeen,
    parse_last_seen,
    presence_key,
    thumbnail_key,
)
from shared.verdicts import PictureQuality

router = APIRouter(tags=["people"])


class Person(BaseModel):
    """A candidate and their presence."""

    participant_id: UUID
    number: int = Field(description="Place in the order of joining; never given again", examples=[12])
    name: str
    joined_at: datetime
    state: Presence
    finished_at: datetime | None = Field(
        description="When they finished the exam; null if they have not, or have come back"
    )
    break_until: datetime | None = Field(
        description="The end of the break that staff have given them; null if there is none now"
    )
    last_break_ended_at: datetime | None = Field(
        description="The end of their last break; null if there was none, or while there is one"
    )
    last_frame_at: datetime | None
    last_verified_at: datetime | None = Field(description="When a frame last showed exactly one face")
    hidden_since: datetime | None = Field(
        description="Since when somebody is there whose face is not visible; null if it is"
    )
    faces: int | None
    picture: PictureQuality | None = Field(description="Whether the newest frame can show anybody")
    flags: int = Field(description="Flags that are not dismissed; counted up to 100")
    open_incidents: int = Field(description="Incidents that nobody has reviewed; counted up to 100")
    thumbnail_url: str | None = Field(
        description="A thumbnail of the newest frame, stored for a minute; the link expires"
    )
    coverage: str = Field(
        description="The last 30 minutes, oldest first: "
        "v verified, f flagged, h face not visible, n nobody, d dark, - no frame",
        examples=["-----vvvvvvvvfvvvvvvvvvvvvnvvv"],
    )
    connected: bool = Field(
        description="Whether their page has a WebSocket: without it they can't be watched live, "
        "and messages arrive with the next frame"
    )


class QueueHealth(BaseModel):
    """Whether the meeting's shard, on which other meetings live too, keeps up with its frames."""

    now: datetime
    last_verdict_at: datetime | None = Field(description="In any meeting; see `last_frame_at` for this one")
    waiting: int = Field(description="Accepted frames of any meeting that are not judged yet")
    oldest_waiting_seconds: float | None
    keeping_up: bool


class People(BaseModel):
    """All candidates, the most urgent first."""

    people: list[Person]
    freshness: QueueHealth


@router.get("/meetings/{meeting_id}/people", responses=error_responses(401, 404, 422))
async def get_people(services: Use, meeting: AdminMeeting) -> People:
    """List the candidates of the meeting, the most urgent first."""
    candidates = await run_in_threadpool(list_candidates, services.database, meeting.id)
    health = await _read_queue_health(services, meeting)
    people = await _load_people(services, meeting, candidates, health.now)
    people.sort(key=lambda person: (list(Presence).index(person.state), person.name.casefold()))
    return People(people=people, freshness=health)


async def _load_people(
    services: Services, meeting: Meeting, candidates: list[Candidate], now: datetime
) -> list[Person]:
    async with services.shards.of(meeting).redis.pipeline(transaction=False) as pipe:
        for candidate in candidates:
            pipe.get(presence_key(candidate.participant_id))
            pipe.exists(thumbnail_key(candidate.participant_id))
            pipe.exists(connected_key(candidate.participant_id))
        found = await pipe.execute()
    return [
        _build_person(
            services,
            meeting,
            candidate,
            parse_last_seen(presence),
            now,
            has_thumbnail=bool(thumbnail),
            connected=bool(connection),
        )
        for candidate, presence, thumbnail, connection in zip(
            candidates, found[::3], found[1::3], found[2::3], strict=True
        )
    ]


def _build_person(
    services: Services,
    meeting: Meeting,
    candidate: Candidate,
    seen: LastSeen | None,
    now: datetime,
    *,
    has_thumbnail: bool,
    connected: bool,
) -> Person:
    interval = timedelta(milliseconds=services.settings.frame_interval_ms)
    state = derive_presence(seen, candidate.left_at, now, interval)
    break_ends_at = candidate.last_break_ends_at
    is_on_break = break_ends_at is not None and break_ends_at > now
    return Person(
        participant_id=candidate.participant_id,
        number=candidate.number,
        name=candidate.name,
        joined_at=candidate.joined_at,
        state=state,
        finished_at=candidate.finished_at if state is Presence.LEFT else None,
        break_until=break_ends_at if is_on_break else None,
        last_break_ended_at=None if is_on_break else break_ends_at,
        last_frame_at=seen.taken_at if seen else None,
        last_verified_at=seen.verified_at if seen else None,
        hidden_since=seen.hidden_since if seen else None,
        faces=seen.faces if seen else None,
        picture=seen.quality if seen else None,
        flags=candidate.flags,
        open_incidents=candidate.open_incidents,
        thumbnail_url=_thumbnail_url(services, meeting, candidate, seen) if has_thumbnail and seen else None,
        coverage=seen.coverage_until(now) if seen else NO_COVERAGE,
        connected=connected,
    )


def _thumbnail_url(services: Services, meeting: Meeting, candidate: Candidate, seen: LastSeen) -> str:
    # With the time in the link browsers load new pictures and cache the others.
    link = services.thumbnail_links.create_link(candidate.participant_id)
    return f"{link}&taken={seen.taken_at.timestamp():.0f}&meeting={meeting.id}"


async def _read_queue_health(services: Services, meeting: Meeting) -> QueueHealth:
    settings = services.settings
    queue = await read_queue_stats(services.shards.of(meeting).redis, settings.frame_ttl_seconds)
    return QueueHealth(
        now=queue.now,
        last_verdict_at=queue.last_verdict_at,
        waiting=queue.frames,
        oldest_waiting_seconds=queue.oldest_seconds,
        keeping_up=(queue.oldest_seconds or 0) < settings.frame_interval_ms / 1000,
    )


@router.get(
    "/thumbnails/{participant_id}",
    response_class=Response,
    responses=error_responses(401, 404, 422)
    | {200: {"description": "A thumbnail of the newest frame", "content": {"image/jpeg": {}}}},
)
async def get_thumbnail(
    services: Use,
    participant_id: str,
    signature: Annotated[str, Query(description="From the list of people")],
    meeting: Annotated[UUID | None, Query(description="From the list of people")] = None,
) -> Response:
    """Get a candidate's newest frame, at most 160 pixels a side; it is stored for a minute."""
    participant = parse_id(participant_id, "participant")
    if not services.thumbnail_links.verify(participant, signature):
        raise NotAuthorised("the link has expired or is invalid; use a new one from the list of people")
    # Links of the previous release name no meeting.
    shard = await services.shards.locate(meeting) if meeting else services.shards.first_available
    picture = await shard.redis.get(thumbnail_key(participant))
    if picture is None:
        raise NotFound("the last frame is more than a minute old")
    return Response(
        picture,
        media_type="image/jpeg",
        headers=PRIVATE_PICTURE_HEADERS | {"Cache-Control": "private, max-age=10"},
    )
