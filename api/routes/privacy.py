"""What is kept about people, for how long, and who has looked at it: for the meeting's admin."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api.credentials import AdminMeeting
from api.download import send_file
from api.erasing import erase
from api.errors import NotFound, answers
from api.export import write_archive
from api.routes.meetings import RetentionDays, check_retention
from api.services import Use
from shared.audit import Action, Actor, newest_entries, record
from shared.export import everything_about
from shared.meetings import retention_days, set_retention
from shared.sightings import coverage_key, seen_key

router = APIRouter(tags=["privacy"])

ParticipantId = Annotated[UUID, Path(description="From the list of people")]


class Retention(BaseModel):
    """How long the pictures behind a meeting's flags are kept."""

    evidence_retention_days: RetentionDays


class Kept(BaseModel):
    """What holds from now on."""

    evidence_retention_days: int


class Erasure(BaseModel):
    """How far an erasure has come."""

    participant_id: UUID
    requested_at: datetime
    completed_at: datetime | None = Field(description="null while anybody still knows something")
    pictures_left: int = Field(description="Pictures that their store has not deleted yet")
    at_video_vendor: bool = Field(description="Whether the vendor of the meeting's video still knows them")
    last_error: str | None = Field(
        description="What a store or the vendor said that would not delete; it is tried again"
    )


class AuditLine(BaseModel):
    """Somebody did something."""

    at: datetime
    actor: Actor
    action: Action
    what: str = Field(examples=["flag 12"])


class AuditLog(BaseModel):
    """The newest 500 lines, newest first."""

    entries: list[AuditLine]


@router.patch("/meetings/{meeting_id}", responses=answers(401, 404, 413, 422))
def patch_meeting(services: Use, meeting: AdminMeeting, body: Retention) -> Kept:
    """Keep pictures shorter, or longer again: those there are too, until they are deleted."""
    days = body.evidence_retention_days
    check_retention(services, days)
    set_retention(services.database, meeting, days)
    meeting.evidence_retention_days = days
    return Kept(evidence_retention_days=retention_days(meeting, services.settings.evidence_retention_days))


@router.delete(
    "/meetings/{meeting_id}/participants/{participant_id}",
    responses=answers(401, 404, 422)
    | {202: {"model": Erasure, "description": "Begun; ask again to see how far it is"}},
)
async def delete_participant(
    services: Use, meeting: AdminMeeting, participant_id: ParticipantId, response: Response
) -> Erasure:
    """Erase a person: name, flags and messages at once, the rest as soon as those who have it do it.

    Asked again, it tells how far that is: 200 once nothing is left. It can't be undone.
    """
    state = await erase(services, meeting.id, participant_id)
    if state is None:
        raise NotFound("there is no such participant in this meeting, and never was")
    if state.completed_at is None:
        response.status_code = status.HTTP_202_ACCEPTED
    return Erasure(**asdict(state))


@router.get(
    "/meetings/{meeting_id}/participants/{participant_id}/export",
    response_class=StreamingResponse,
    responses=answers(401, 404, 422)
    | {200: {"description": "data.json, and the pictures", "content": {"application/zip": {}}}},
)
async def get_export(
    services: Use, meeting: AdminMeeting, participant_id: ParticipantId
) -> StreamingResponse:
    """All that is kept about a person, as a ZIP archive; pictures at Imgur are named by their link."""
    everything = await run_in_threadpool(everything_about, services.database, meeting.id, participant_id)
    if everything is None:
        raise NotFound("there is no such participant in this meeting")
    seen = {
        "seen": await services.redis.hgetall(seen_key(participant_id)),
        "coverage": await services.redis.hgetall(coverage_key(participant_id)),
    }
    archive = await run_in_threadpool(write_archive, services.settings, everything, seen)
    await run_in_threadpool(
        record,
        services.database,
        meeting.id,
        Actor.ADMIN,
        Action.EXPORTED,
        f"participant {participant_id}",
    )
    return send_file(archive, f"participant-{participant_id}.zip", "application/zip")


@router.get("/meetings/{meeting_id}/audit", responses=answers(401, 404, 422))
def get_audit(services: Use, meeting: AdminMeeting) -> AuditLog:
    """Who looked at, decided, exported, changed or erased what. Keys are held by people, and name none."""
    lines = [AuditLine(**asdict(line)) for line in newest_entries(services.database, meeting.id)]
    return AuditLog(entries=lines)
