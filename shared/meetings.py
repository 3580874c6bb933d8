"""Meetings and their participants in Postgres, and the admin key."""

import hashlib
import hmac
import secrets
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from shared.tables import Meeting, Participant, Role


def _hash(admin_key: str) -> str:
    # A key of 256 random bits needs no salt and no slow hash: there is nothing to guess.
    # Half a surrogate pair, which JSON can spell, is a wrong key like any other.
    return hashlib.sha256(admin_key.encode(errors="surrogatepass")).hexdigest()


def create_meeting(database: Engine, title: str) -> tuple[Meeting, str]:
    """A new meeting and its admin key, which is stored as a hash only and can't be shown again."""
    admin_key = secrets.token_urlsafe(32)
    with Session(database, expire_on_commit=False) as session, session.begin():
        meeting = Meeting(title=title, admin_key_hash=_hash(admin_key))
        session.add(meeting)
        session.flush()
        session.refresh(meeting)
    return meeting, admin_key


def find_meeting(database: Engine, meeting_id: UUID) -> Meeting | None:
    """The meeting, or None."""
    with Session(database) as session:
        return session.get(Meeting, meeting_id)


def is_admin_key(meeting: Meeting, admin_key: str) -> bool:
    """Whether this is the meeting's admin key; takes the same time for every wrong one."""
    return hmac.compare_digest(meeting.admin_key_hash, _hash(admin_key))


def add_participant(database: Engine, meeting: Meeting, name: str, role: Role) -> UUID:
    """A new person in the meeting."""
    with Session(database) as session, session.begin():
        participant = Participant(meeting_id=meeting.id, name=name, role=role)
        session.add(participant)
        session.flush()
        return participant.id
