"""The audit log: who viewed, changed, exported or erased what. Entries are never changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Engine, Insert, Select, insert, select

from shared.db.tables import AuditEntry

MAX_ENTRIES = 500


class Actor(StrEnum):
    """Who did it, as far as the credentials tell: a key does not name a person."""

    ADMIN = "admin"
    OPERATOR = "operator"
    ANYONE = "anyone"
    """No key was needed: meetings may be created by anyone if OPERATOR_KEY is unset."""
    LINK = "link"
    """The holder of a signed link; only admins get them."""
    SYSTEM = "system"


class Action(StrEnum):
    """What was done."""

    CREATED = "created"
    VIEWED = "looked"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REOPENED = "open"
    EXPORTED = "exported"
    ERASED = "erased"
    DELETED = "deleted"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log; `what` is its object, such as `flag 12`, never a name."""

    at: datetime
    actor: Actor
    action: Action
    what: str


def insert_audit_entry(meeting_id: UUID, actor: Actor, action: Action, what: str) -> Insert:
    """Return the statement that writes an entry, to be executed in the transaction of the action."""
    return insert(AuditEntry).values(meeting_id=meeting_id, actor=actor, action=action, object=what)


def record_action(database: Engine, meeting_id: UUID, actor: Actor, action: Action, what: str) -> None:
    """Write an entry about an action that has no transaction, such as viewing."""
    with database.begin() as connection:
        connection.execute(insert_audit_entry(meeting_id, actor, action, what))


def list_audit_entries(database: Engine, meeting_id: UUID) -> list[Entry]:
    """Return the newest 500 entries of the meeting, newest first."""
    query = (
        _ENTRIES.where(AuditEntry.meeting_id == meeting_id).order_by(AuditEntry.id.desc()).limit(MAX_ENTRIES)
    )
    return _read(database, query)


def find_newest_by_object(
    database: Engine, meeting_id: UUID, actions: Collection[Action], objects: Collection[str]
) -> dict[str, Entry]:
    """Return the newest entry of these actions for each object that has one."""
    query = _ENTRIES.where(
        AuditEntry.meeting_id == meeting_id, AuditEntry.action.in_(actions), AuditEntry.object.in_(objects)
    ).order_by(AuditEntry.id)
    return {found.what: found for found in _read(database, query)} if objects else {}


_ENTRIES = select(AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.object)


def _read(database: Engine, query: Select[datetime, str, str, str]) -> list[Entry]:
    with database.connect() as connection:
        return [
            Entry(row.at, Actor(row.actor), Action(row.action), row.object)
            for row in connection.execute(query)
        ]
