"""The people of a meeting, for its admin: who is being checked, and who is not."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting, parse_id
from api.errors import NotAuthorised, NotFound
from api.files import PRIVATE_PICTURE_HEADERS
from api.openapi import answers
from api.ops.queue_stats import read_queue_stats
from api.participants.presence import Presence, presence_of
from api.services import Services, Use
from shared.db.meetings import Candidate, list_candidates
from shared.presence.connection import connected_key
from shared.presence.last_seen import (
    LastSeen,
    coverage_key,
    last_seen_key,
    parse_coverage,
    parse_last_seen,
    thumbnail_key,
)

router = APIRouter(tags=["people"])


class Person(BaseModel):
    """A candidate, and when they were last checked."""

    participant_id: UUID
    name: str
    joined_at: datetime
    state: Presence
    last_frame_at: datetime | None
    last_verified_at: datetime | None = Field(description="When a frame last showed exactly one face")
    faces: int | None
    flags: int = Field(description="Flags that are not dismissed; counted up to 100")
    thumbnail_url: str | None = Field(description="The newest frame, small, for a minute; the link expires")
    coverage: str = Field(
        description="The last 30 minutes, oldest first: v verified, f flagged, n nobody, d dark, - nothing",
        examples=["-----vvvvvvvvfvvvvvvvvvvvvnvvv"],
    )
    connected: bool = Field(
        description="Whether their page holds a WebSocket: without it they can't be watched live, "
        "and a message comes with the next frame"
    )


class Freshness(BaseModel):
    """Whether the whole system, of which this meeting is a part, keeps up with the frames it is sent."""

    now: datetime
    last_verdict_at: datetime | None = Field(description="Of any meeting; see `last_frame_at` for this one's")
    waiting: int = Field(description="Frames of any meeting that are accepted and not yet judged")
    oldest_waiting_seconds: float | None
    keeping_up: bool


class People(BaseModel):
    """Everyone, who needs a look first."""

    people: list[Person]
    freshness: Freshness


@router.get("/meetings/{meeting_id}/people", responses=answers(401, 404, 422))
async def get_people(services: Use, meeting: AdminMeeting) -> People:
    """Every candidate of the meeting, those who need a look first."""
    candidates = await run_in_threadpool(list_candidates, services.database, meeting.id)
    freshness = await _freshness(services)
    people = await _people(services, candidates, freshness.now)
    people.sort(key=lambda person: (list(Presence).index(person.state), person.name.casefold()))
    return People(people=people, freshness=freshness)


async def _people(services: Services, candidates: list[Candidate], now: datetime) -> list[Person]:
    async with services.redis.pipeline(transaction=False) as pipe:
        for candidate in candidates:
            pipe.hgetall(last_seen_key(candidate.participant_id))
            pipe.hgetall(coverage_key(candidate.participant_id))
            pipe.exists(thumbnail_key(candidate.participant_id))
            pipe.exists(connected_key(candidate.participant_id))
        found = await pipe.execute()
    return [
        _person(
            services,
            candidate,
            parse_last_seen(seen),
            parse_coverage(coverage, now),
            now,
            thumbnail=bool(shown),
            connected=bool(connection),
        )
        for candidate, seen, coverage, shown, connection in zip(
            candidates, found[::4], found[1::4], found[2::4], found[3::4], strict=True
        )
    ]


def _person(
    services: Services,
    candidate: Candidate,
    seen: LastSeen | None,
    coverage: str,
    now: datetime,
    *,
    thumbnail: bool,
    connected: bool,
) -> Person:
    interval = timedelta(milliseconds=services.settings.frame_interval_ms)
    link = None
    if thumbnail and seen:
        # The time in the link has the browser load a new picture, and keep one that is not new.
        link = services.thumbnail_links.create_link(candidate.participant_id)
        link += f"&taken={seen.taken_at.timestamp():.0f}"
    return Person(
        participant_id=candidate.participant_id,
        name=candidate.name,
        joined_at=candidate.joined_at,
        state=presence_of(seen, candidate.left_at, now, interval),
        last_frame_at=seen.taken_at if seen else None,
        last_verified_at=seen.verified_at if seen else None,
        faces=seen.faces if seen else None,
        flags=candidate.flags,
        thumbnail_url=link,
        coverage=coverage,
        connected=connected,
    )


async def _freshness(services: Services) -> Freshness:
    settings = services.settings
    waiting = await read_queue_stats(services.redis, settings.frame_ttl_seconds)
    return Freshness(
        now=waiting.now,
        last_verdict_at=waiting.last_verdict_at,
        waiting=waiting.frames,
        oldest_waiting_seconds=waiting.oldest_seconds,
        keeping_up=(waiting.oldest_seconds or 0) < settings.frame_interval_ms / 1000,
    )


@router.get(
    "/thumbnails/{participant_id}",
    response_class=Response,
    responses=answers(401, 404, 422)
    | {200: {"description": "The newest frame, small", "content": {"image/jpeg": {}}}},
)
async def get_thumbnail(
    services: Use,
    participant_id: str,
    signature: Annotated[str, Query(description="From the list of people")],
) -> Response:
    """A candidate's newest frame, at most 160 pixels a side; it is kept for a minute."""
    person = parse_id(participant_id, "participant")
    if not services.thumbnail_links.verify(person, signature):
        raise NotAuthorised("the link has expired or was altered; take a new one from the list of people")
    picture = await services.redis.get(thumbnail_key(person))
    if picture is None:
        raise NotFound("the last frame is more than a minute old")
    return Response(
        picture,
        media_type="image/jpeg",
        headers=PRIVATE_PICTURE_HEADERS | {"Cache-Control": "private, max-age=10"},
    )
