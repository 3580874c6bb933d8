"""Meetings and their participants in Postgres, and the admin key."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.joining import lock_capacity
from shared.db.tables import Flag, Meeting, Participant, Review, Role
from shared.rules import RuleOverrides
from shared.settings import VideoProvider


def _hash(admin_key: str) -> str:
    # A key of 256 random bits needs no salt and no slow hash: there is nothing to guess.
    # Half a surrogate pair, which JSON can spell, is a wrong key like any other.
    return hashlib.sha256(admin_key.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class VideoMeeting:
    """The meeting as the video vendor knows it."""

    provider: VideoProvider
    id: str


NO_OVERRIDES = RuleOverrides()


def create_meeting(
    database: Engine,
    title: str,
    creator: Actor,
    video: VideoMeeting | None = None,
    rules: RuleOverrides = NO_OVERRIDES,
    retention_days: int | None = None,
) -> tuple[Meeting, str]:
    """Return a new meeting and its admin key, which is stored as a hash only and can't be shown again."""
    admin_key = secrets.token_urlsafe(32)
    with Session(database, expire_on_commit=False) as session, session.begin():
        meeting = Meeting(
            title=title,
            admin_key_hash=_hash(admin_key),
            rules=rules.model_dump(exclude_none=True),
            evidence_retention_days=retention_days,
        )
        if video:
            meeting.video_provider, meeting.video_meeting_id = video.provider, video.id
        session.add(meeting)
        session.flush()
        session.refresh(meeting)
        session.execute(insert_audit_entry(meeting.id, creator, Action.CREATED, "the meeting"))
    return meeting, admin_key


def find_meeting(database: Engine, meeting_id: UUID) -> Meeting | None:
    """The meeting, or None."""
    with Session(database) as session:
        return session.get(Meeting, meeting_id)


def read_rule_overrides(database: Engine, meeting_id: UUID) -> RuleOverrides:
    """The rules that the meeting has of its own; none for one that is no longer there."""
    with Session(database) as session:
        own = session.scalar(select(Meeting.rules).where(Meeting.id == meeting_id))
        return RuleOverrides.model_validate(own or {})


@contextmanager
def lock_rule_overrides(database: Engine, meeting_id: UUID) -> Iterator[RuleOverrides]:
    """As `read_rule_overrides`; whoever wants to change them waits until the end of the block."""
    with Session(database) as session, session.begin():
        own = session.scalar(select(Meeting.rules).where(Meeting.id == meeting_id).with_for_update(read=True))
        yield RuleOverrides.model_validate(own or {})


@contextmanager
def change_rule_overrides(
    database: Engine, meeting_id: UUID, changes: RuleOverrides
) -> Iterator[RuleOverrides]:
    """Keeps those rules that are set in the changes, and goes back to the settings' where they are null.

    They hold from the end of the block on, unless it raises; until then nobody else has them locked.
    """
    with Session(database) as session, session.begin():
        # Flags and participants, which refer to the meeting, need not wait.
        meeting = session.get_one(Meeting, meeting_id, with_for_update={"key_share": True})
        before = RuleOverrides.model_validate(meeting.rules)
        own = before.model_copy(update=changes.model_dump(exclude_unset=True))
        if own != before:
            meeting.rules = own.model_dump(exclude_none=True)
            session.execute(
                insert_audit_entry(meeting_id, Actor.ADMIN, Action.CHANGED, _changes(before, own))
            )
        yield own


def _changes(before: RuleOverrides, after: RuleOverrides) -> str:
    """What the audit log has of it, such as `rules: faces_allowed usual → 2`."""
    changed = [
        f"{name} {_or_usual(old)} → {_or_usual(new)}"
        for (name, old), (_, new) in zip(before, after, strict=True)
        if old != new
    ]
    return "rules: " + ", ".join(changed)


def _or_usual(value: float | None) -> str:
    return "usual" if value is None else str(value)


def retention_days(meeting: Meeting, operators: int) -> int:
    """How long the meeting's pictures are kept: never longer than the operator has them kept."""
    return min(meeting.evidence_retention_days or operators, operators)


def set_retention(database: Engine, meeting: Meeting, days: int | None) -> None:
    """From now on the meeting's pictures are kept so many days, those there are too; None: the operator's."""
    with database.begin() as connection:
        connection.execute(
            update(Meeting).where(Meeting.id == meeting.id).values(evidence_retention_days=days)
        )
        what = "retention: the operator's" if days is None else f"retention: {days} days"
        connection.execute(insert_audit_entry(meeting.id, Actor.ADMIN, Action.CHANGED, what))


def is_admin_key(meeting: Meeting, admin_key: str) -> bool:
    """Whether this is the meeting's admin key; takes the same time for every wrong one."""
    return hmac.compare_digest(meeting.admin_key_hash, _hash(admin_key))


def add_participant(
    database: Engine,
    meeting: Meeting,
    name: str,
    role: Role,
    participant_id: UUID | None = None,
    video_participant_id: str | None = None,
    capacity: int = 2**31,
) -> UUID:
    """A new person in the meeting, under the ids by which a video vendor already knows them.

    `capacity` is how many candidates the meeting may have; admins are always let in.
    Raises MeetingClosedError or MeetingFullError for a candidate.
    """
    participant = Participant(
        id=participant_id or uuid4(),
        meeting_id=meeting.id,
        name=name,
        role=role,
        video_participant_id=video_participant_id,
    )
    with Session(database, expire_on_commit=False) as session, session.begin():
        if role is Role.CANDIDATE:
            lock_capacity(session, meeting, capacity)
        session.add(participant)
    return participant.id


def find_participant(database: Engine, participant_id: UUID) -> Participant | None:
    """The person, or None."""
    with Session(database) as session:
        return session.get(Participant, participant_id)


def set_video_participant(database: Engine, participant_id: UUID, video_participant_id: str) -> bool:
    """The person has a place at the video vendor; False when they were erased meanwhile."""
    seated = (
        update(Participant)
        .where(Participant.id == participant_id)
        .values(video_participant_id=video_participant_id)
        .returning(Participant.id)
    )
    with database.begin() as connection:
        return connection.scalar(seated) is not None


def record_leaving(database: Engine, participant_id: UUID) -> None:
    """The person has left; a frame that comes later shows that they are back."""
    with database.begin() as connection:
        connection.execute(
            update(Participant).where(Participant.id == participant_id).values(left_at=func.now())
        )


MAX_COUNTED_FLAGS = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate of a meeting; `flags` counts those that are not dismissed, up to 100."""

    participant_id: UUID
    name: str
    joined_at: datetime
    left_at: datetime | None
    flags: int


def list_candidates(database: Engine, meeting_id: UUID) -> list[Candidate]:
    """Everyone who joined the meeting as a candidate."""
    # Counted only so far: a camera that flags every frame must not make the list slow for everybody.
    some = (
        select(Flag.id)
        .where(Flag.participant_id == Participant.id, Flag.review != Review.DISMISSED)
        .limit(MAX_COUNTED_FLAGS)
        .correlate(Participant)
        .subquery()
    )
    query = select(
        Participant.id,
        Participant.name,
        Participant.created_at,
        Participant.left_at,
        select(func.count()).select_from(some).scalar_subquery(),
    ).where(Participant.meeting_id == meeting_id, Participant.role == Role.CANDIDATE)
    with database.connect() as connection:
        return [Candidate(*row) for row in connection.execute(query)]
