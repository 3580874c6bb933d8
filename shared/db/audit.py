"""The audit log: who viewed, changed, exported or erased what. Entries are never changed.

docs/audit-log.md describes the chain of hashes and the exported file.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Insert,
    Row,
    Select,
    and_,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased

from shared.db.batches import delete_in_batches
from shared.db.tables import AuditCheckpoint, AuditEntry

MAX_ENTRIES = 500
RULES = "rules"
"""The object of an entry about changed rules; in older entries the changes follow."""


def live_view_of(participant_id: UUID) -> str:
    """Return the object of an entry about a live view of a candidate."""
    return f"live view of participant {participant_id}"


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
    DECIDED = "decided"


State = Mapping[str, Any]
"""Fields of an object that an action changed; never a picture or a name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log; `target` is its object, such as `flag 12`, never a name."""

    at: datetime
    actor: Actor
    action: Action
    target: str
    before: State | None
    after: State | None


def insert_audit_entry(
    meeting_id: UUID,
    actor: Actor,
    action: Action,
    target: str,
    before: State | None = None,
    after: State | None = None,
) -> Insert:
    """Return the statement that writes an entry.

    Execute it last in the transaction of the action: it locks the meeting's log until the commit.
    """
    return insert(AuditEntry).values(
        meeting_id=meeting_id, actor=actor, action=action, object=target, before=before, after=after
    )


def record_action(database: Engine, meeting_id: UUID, actor: Actor, action: Action, target: str) -> None:
    """Write an entry about an action that has no transaction, such as viewing."""
    with database.begin() as connection:
        connection.execute(insert_audit_entry(meeting_id, actor, action, target))


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
    return {found.target: found for found in _read(database, query)} if objects else {}


def read_entries(connection: Connection, *conditions: ColumnElement[bool]) -> list[Entry]:
    """Return the entries for which all conditions hold, oldest first."""
    return _to_entries(connection.execute(_ENTRIES.where(*conditions).order_by(AuditEntry.id)))


_ENTRIES = select(
    AuditEntry.at,
    AuditEntry.actor,
    AuditEntry.action,
    AuditEntry.object,
    AuditEntry.before,
    AuditEntry.after,
)


def _read(
    database: Engine, query: Select[datetime, str, str, str, dict[str, Any] | None, dict[str, Any] | None]
) -> list[Entry]:
    with database.connect() as connection:
        return _to_entries(connection.execute(query))


def _to_entries(rows: Iterable[Row[Any]]) -> list[Entry]:
    return [
        Entry(row.at, Actor(row.actor), Action(row.action), row.object, row.before, row.after) for row in rows
    ]


def export_log(database: Engine, meeting_id: UUID) -> Iterator[str]:
    """Yield the lines of the file that `python -m api.verify_log` checks: entries, then checkpoints."""
    entry = func.audit_text(literal_column(AuditEntry.__tablename__))
    entries = select(AuditEntry.hash, entry).where(AuditEntry.meeting_id == meeting_id)
    checkpoints = select(AuditCheckpoint.signature, AuditCheckpoint.signed_text).where(
        AuditCheckpoint.meeting_id == meeting_id
    )
    with database.connect().execution_options(yield_per=MAX_ENTRIES) as connection:
        for digest, text in connection.execute(entries.order_by(AuditEntry.id)):
            yield f"entry {digest} {text}\n"
        for signature, text in connection.execute(checkpoints.order_by(AuditCheckpoint.entry_id)):
            yield f"checkpoint {signature} {text}\n"


def delete_old_entries(database: Engine, days: int) -> int:
    """Delete entries older than `days`, but a meeting's newest: the next one continues its chain."""
    age = func.now() - timedelta(days=days)
    newer = aliased(AuditEntry)
    has_newer = select(newer.id).where(newer.meeting_id == AuditEntry.meeting_id, newer.id > AuditEntry.id)
    delete_in_batches(database, AuditCheckpoint, AuditCheckpoint.created_at < age)
    # In order: a gap would break the chain for who exports it between two batches.
    return delete_in_batches(
        database, AuditEntry, and_(AuditEntry.at < age, has_newer.exists()), order=AuditEntry.id
    )
