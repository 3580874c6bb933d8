"""Notes of a meeting's invigilators to each other: breaks, and what to know when taking over."""

from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting, count_for_meeting
from api.auth.rate_limits import RateLimit
from api.input.plain_text import Label, Paragraph
from api.openapi import error_responses
from api.services import Use
from shared.db.notes import list_notes, write_note

router = APIRouter(tags=["messages"])

NOTE_LIMIT = RateLimit("notes", "notes in this meeting", 30, 60)
"""More than invigilators can read."""


class NewNote(BaseModel):
    """A note to the other invigilators."""

    text: Paragraph = Field(examples=["Back at 10:40. Watch #12, lamp behind them."])
    author: Label = Field(
        description="As they say themselves; an admin key has no name", examples=["Grace Hopper"]
    )


class NoteRecord(BaseModel):
    """A written note; it can't be changed."""

    id: int
    author: str
    text: str
    written_at: datetime


class NoteList(BaseModel):
    """The newest 100 notes, newest first."""

    notes: list[NoteRecord]


@router.post(
    "/meetings/{meeting_id}/notes",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 404, 413, 422, 429),
)
async def post_note(services: Use, meeting: AdminMeeting, body: NewNote) -> NoteRecord:
    """Write a note to the meeting's other invigilators; candidates never see it."""
    await count_for_meeting(services, NOTE_LIMIT, meeting, meeting.id)
    note = await run_in_threadpool(write_note, services.database, meeting.id, body.author, body.text)
    return NoteRecord(**asdict(note))


@router.get("/meetings/{meeting_id}/notes", responses=error_responses(401, 404, 422))
def get_notes(services: Use, meeting: AdminMeeting) -> NoteList:
    """List the invigilators' notes."""
    notes = list_notes(services.database, meeting.id)
    return NoteList(notes=[NoteRecord(**asdict(note)) for note in notes])
