"""Notes that a meeting's invigilators write to each other; none is ever changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, insert, select

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.batches import delete_in_batches
from shared.db.tables import Note

MAX_NOTES = 100
"""Limit of a list of notes."""


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """A note, and who wrote it, as they say themselves: a key has no name."""

    id: int
    author: str
    text: str
    written_at: datetime


def write_note(database: Engine, meeting_id: UUID, author: str, text: str) -> WrittenNote:
    """Store a note and return it; the audit log has neither its text nor its author."""
    note = insert(Note).values(meeting_id=meeting_id, author=author, text=text)
    with database.begin() as connection:
        note_id, written_at = connection.execute(note.returning(Note.id, Note.written_at)).one()
        connection.execute(insert_audit_entry(meeting_id, Actor.ADMIN, Action.CREATED, f"note {note_id}"))
    return WrittenNote(note_id, author, text, written_at)


def list_notes(database: Engine, meeting_id: UUID) -> list[WrittenNote]:
    """Return the meeting's newest notes, newest first."""
    query = (
        select(Note.id, Note.author, Note.text, Note.written_at)
        .where(Note.meeting_id == meeting_id)
        .order_by(Note.id.desc())
        .limit(MAX_NOTES)
    )
    with database.connect() as connection:
        return [WrittenNote(*row) for row in connection.execute(query)]


def delete_old_notes(database: Engine, now: datetime, days: int) -> int:
    """Delete notes older than `days`; return how many."""
    return delete_in_batches(database, Note, Note.written_at < now - timedelta(days=days))
