"""What is kept about people, for how long, and who has looked at it: for the meeting's admin."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Path, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, model_validator

from api.auth.credentials import AdminMeeting, require_meeting
from api.errors import NotFound
from api.files import send_file
from api.meetings.routes import RetentionDays, check_retention
from api.openapi import answers
from api.participants.archive import write_archive
from api.participants.erasure import erase
from api.services import Use
from shared.db.audit import Action, Actor, list_audit_entries, record_action
from shared.db.joining import set_joining_closed
from shared.db.meetings import retention_days, set_retention
from shared.db.personal_data import load_personal_data
from shared.presence.last_seen import coverage_key, last_seen_key

router = APIRouter(tags=["privacy"])

MOST_ERASURES = 100
"""In one request: each is a transaction of its own."""

ParticipantId = Annotated[UUID, Path(description="From the list of people")]


class MeetingChanges(BaseModel):
    """What is to change about a meeting; what is left out stays as it is."""

    evidence_retention_days: RetentionDays = None
    closed: bool = Field(
        default=False, description="Nobody new may join; people who are in, and admins, still come back"
    )

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"names none of {', '.join(type(self).model_fields)}")
        return self


class MeetingState(BaseModel):
    """What holds from now on."""

    evidence_retention_days: int
    closed: bool


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


class NewErasures(BaseModel):
    """Who is to be erased."""

    participant_ids: list[UUID] = Field(min_length=1, max_length=MOST_ERASURES)


class Erasures(BaseModel):
    """How far each of them has come."""

    erasures: list[Erasure]


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
def patch_meeting(services: Use, meeting: AdminMeeting, body: MeetingChanges) -> MeetingState:
    """Close a meeting to new people or open it; keep its pictures shorter, or longer again."""
    if "evidence_retention_days" in body.model_fields_set:
        check_retention(services, body.evidence_retention_days)
        set_retention(services.database, meeting, body.evidence_retention_days)
    if "closed" in body.model_fields_set:
        set_joining_closed(services.database, meeting, closed=body.closed)
    meeting = require_meeting(services, str(meeting.id))
    days = retention_days(meeting, services.settings.evidence_retention_days)
    return MeetingState(evidence_retention_days=days, closed=meeting.closed_at is not None)


@router.post(
    "/meetings/{meeting_id}/erasures",
    status_code=status.HTTP_202_ACCEPTED,
    responses=answers(401, 404, 413, 422),
)
async def post_erasures(services: Use, meeting: AdminMeeting, body: NewErasures) -> Erasures:
    """Erase many people at once, as `DELETE /meetings/{meeting_id}/participants/{participant_id}` erases one.

    May be repeated; ids of nobody who is or was in the meeting are passed over. It can't be undone.
    """
    states = [await erase(services, meeting.id, participant_id) for participant_id in body.participant_ids]
    return Erasures(erasures=[Erasure(**asdict(state)) for state in states if state])


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
    everything = await run_in_threadpool(load_personal_data, services.database, meeting.id, participant_id)
    if everything is None:
        raise NotFound("there is no such participant in this meeting")
    seen = {
        "seen": await services.redis.hgetall(last_seen_key(participant_id)),
        "coverage": await services.redis.hgetall(coverage_key(participant_id)),
    }
    archive = await run_in_threadpool(write_archive, services.settings, everything, seen)
    await run_in_threadpool(
        record_action,
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
    lines = [AuditLine(**asdict(line)) for line in list_audit_entries(services.database, meeting.id)]
    return AuditLog(entries=lines)
