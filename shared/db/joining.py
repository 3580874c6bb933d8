"""Limits on joining a meeting: it can be closed to new people, and has a capacity."""

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.tables import Meeting, Participant, Role


class MeetingClosedError(Exception):
    """The meeting is closed to new candidates."""

    def __init__(self) -> None:
        super().__init__("this exam is closed to new people; ask your invigilator")


class MeetingFullError(Exception):
    """The meeting is at capacity."""

    def __init__(self, capacity: int) -> None:
        super().__init__(f"this exam is full: {capacity} people have joined; ask your invigilator")


def check_open(meeting: Meeting) -> None:
    """Raise MeetingClosedError. Only `lock_capacity` is safe against a concurrent change."""
    if meeting.closed_at is not None:
        raise MeetingClosedError


def check_capacity(database: Engine, meeting: Meeting, capacity: int) -> None:
    """Raise MeetingClosedError or MeetingFullError. The lock is not held on; see `lock_capacity`."""
    with Session(database) as session:
        lock_capacity(session, meeting, capacity)


def lock_capacity(session: Session, meeting: Meeting, capacity: int) -> None:
    """Lock the meeting until the transaction ends, so that one more candidate can join without a race.

    Raises MeetingClosedError or MeetingFullError.
    """
    # FOR NO KEY UPDATE: inserts of rows that refer to the meeting do not wait.
    meeting = session.get_one(
        Meeting, meeting.id, with_for_update={"key_share": True}, populate_existing=True
    )
    check_open(meeting)
    candidates = select(func.count()).where(
        Participant.meeting_id == meeting.id, Participant.role == Role.CANDIDATE
    )
    if (session.scalar(candidates) or 0) >= capacity:
        raise MeetingFullError(capacity)


def set_joining_closed(database: Engine, meeting: Meeting, *, closed: bool) -> None:
    """Close the meeting to new people, or reopen it. Participants are not affected."""
    changed = (
        update(Meeting)
        .where(Meeting.id == meeting.id, Meeting.closed_at.is_(None) == closed)
        .values(closed_at=func.now() if closed else None)
        .returning(Meeting.id)
    )
    with database.begin() as connection:
        if connection.scalar(changed):
            before, after = {"closed": not closed}, {"closed": closed}
            connection.execute(
                insert_audit_entry(meeting.id, Actor.ADMIN, Action.CHANGED, "joining", before, after)
            )
