"""Meetings and their participants in Postgres, and the admin key."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from shared.db.audit import RULES, Action, Actor, insert_audit_entry
from shared.db.interruptions import InterruptionType, Reporter
from shared.db.joining import lock_capacity
from shared.db.tables import Interruption, Meeting, Participant, Role
from shared.rules import RuleOverrides
from shared.settings import VideoProvider


def _hash(admin_key: str) -> str:
    # A key of 256 random bits can't be guessed, so it needs neither a salt nor a slow hash.
    # `surrogatepass`: JSON can contain a lone surrogate, which is just a wrong key.
    return hashlib.sha256(admin_key.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class VideoMeeting:
    """The meeting at the video vendor, with the vendor's id."""

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
    shard: str | None = None,
    exam_url: str | None = None,
    ends_at: datetime | None = None,
) -> tuple[Meeting, str]:
    """Return a new meeting and its admin key, which can't be shown again: only its hash is stored."""
    admin_key = secrets.token_urlsafe(32)
    with Session(database, expire_on_commit=False) as session, session.begin():
        meeting = Meeting(
            title=title,
            admin_key_hash=_hash(admin_key),
            rules=rules.model_dump(exclude_none=True),
            evidence_retention_days=retention_days,
            shard=shard,
            exam_url=exam_url,
            ends_at=ends_at,
        )
        if video:
            meeting.video_provider, meeting.video_meeting_id = video.provider, video.id
        session.add(meeting)
        session.flush()
        session.refresh(meeting)
        session.execute(insert_audit_entry(meeting.id, creator, Action.CREATED, "the meeting"))
    return meeting, admin_key


def find_meeting(database: Engine, meeting_id: UUID) -> Meeting | None:
    """Return the meeting; None if it does not exist."""
    with Session(database) as session:
        return session.get(Meeting, meeting_id)


def read_rule_overrides(database: Engine, meeting_id: UUID) -> RuleOverrides:
    """Return the meeting's rule overrides; none if it no longer exists."""
    with Session(database) as session:
        rules = session.scalar(select(Meeting.rules).where(Meeting.id == meeting_id))
        return RuleOverrides.model_validate(rules or {})


@contextmanager
def lock_rule_overrides(database: Engine, meeting_id: UUID) -> Iterator[RuleOverrides]:
    """As `read_rule_overrides`, with a shared lock: changes wait until the end of the block."""
    query = select(Meeting.rules).where(Meeting.id == meeting_id).with_for_update(read=True)
    with Session(database) as session, session.begin():
        yield RuleOverrides.model_validate(session.scalar(query) or {})


@contextmanager
def change_rule_overrides(
    database: Engine, meeting_id: UUID, changes: RuleOverrides
) -> Iterator[RuleOverrides]:
    """Apply the fields that are set in `changes`; null restores the default. Yields the new overrides.

    The change is committed at the end of the block, unless it raises; until then the meeting is locked.
    """
    with Session(database) as session, session.begin():
        # FOR NO KEY UPDATE: inserts of rows that refer to the meeting do not wait.
        meeting = session.get_one(Meeting, meeting_id, with_for_update={"key_share": True})
        before = RuleOverrides.model_validate(meeting.rules)
        after = before.model_copy(update=changes.model_dump(exclude_unset=True))
        if after != before:
            meeting.rules = after.model_dump(exclude_none=True)
            session.flush()
            session.execute(
                insert_audit_entry(
                    meeting_id,
                    Actor.ADMIN,
                    Action.CHANGED,
                    RULES,
                    _different_fields(before, after),
                    _different_fields(after, before),
                )
            )
        yield after


def _different_fields(rules: RuleOverrides, others: RuleOverrides) -> dict[str, object]:
    """Return the fields of `rules` that differ in `others`; None is the operator's default."""
    return {name: value for (name, value), (_, other) in zip(rules, others, strict=True) if value != other}


def retention_days(meeting: Meeting, max_days: int) -> int:
    """Return how long the meeting's evidence is kept; `max_days` is the operator's setting."""
    return min(meeting.evidence_retention_days or max_days, max_days)


def set_retention(database: Engine, meeting: Meeting, days: int | None) -> None:
    """Set how long the meeting's evidence is kept, old and new; None means the operator's setting."""
    with database.begin() as connection:
        connection.execute(
            update(Meeting).where(Meeting.id == meeting.id).values(evidence_retention_days=days)
        )
        before, after = (
            {"evidence_retention_days": value} for value in (meeting.evidence_retention_days, days)
        )
        connection.execute(
            insert_audit_entry(meeting.id, Actor.ADMIN, Action.CHANGED, "retention", before, after)
        )


def change_exam(database: Engine, meeting_id: UUID, changes: Mapping[str, str | datetime | None]) -> None:
    """Set `exam_url`, `ends_at` or both."""
    with Session(database) as session, session.begin():
        meeting = session.get_one(Meeting, meeting_id, with_for_update={"key_share": True})
        before = {name: getattr(meeting, name) for name in changes}
        for name, value in changes.items():
            setattr(meeting, name, value)
        session.flush()
        entry = insert_audit_entry(
            meeting_id, Actor.ADMIN, Action.CHANGED, "exam", _as_json(before), _as_json(changes)
        )
        session.execute(entry)


def _as_json(values: Mapping[str, str | datetime | None]) -> dict[str, str | None]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def is_admin_key(meeting: Meeting, admin_key: str) -> bool:
    """Whether this is the meeting's admin key, compared in constant time."""
    return hmac.compare_digest(meeting.admin_key_hash, _hash(admin_key))


def replace_admin_key(database: Engine, meeting_id: UUID) -> tuple[str, str] | None:
    """Give the meeting a new admin key for its operator; the old one is invalid from the commit.

    Return the meeting's title and the key, which can't be shown again; None if there is no such meeting.
    """
    admin_key = secrets.token_urlsafe(32)
    statement = (
        update(Meeting)
        .where(Meeting.id == meeting_id)
        .values(admin_key_hash=_hash(admin_key))
        .returning(Meeting.title)
    )
    with database.begin() as connection:
        title = connection.scalar(statement)
        if title is None:
            return None
        connection.execute(insert_audit_entry(meeting_id, Actor.OPERATOR, Action.CHANGED, "admin key"))
    return title, admin_key


def add_participant(
    database: Engine,
    meeting: Meeting,
    name: str,
    role: Role,
    participant_id: UUID | None = None,
    video_participant_id: str | None = None,
    capacity: int = 2**31,
) -> UUID:
    """Add a person to the meeting and return their id; both ids are given if the video vendor has them.

    `capacity` limits candidates, not admins. Raises MeetingClosedError or MeetingFullError.
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
    """Return the person; None if they do not exist."""
    with Session(database) as session:
        return session.get(Participant, participant_id)


def set_video_participant(database: Engine, participant_id: UUID, video_participant_id: str) -> bool:
    """Record the person's id at the video vendor; False if they were erased meanwhile."""
    statement = (
        update(Participant)
        .where(Participant.id == participant_id)
        .values(video_participant_id=video_participant_id)
        .returning(Participant.id)
    )
    with database.begin() as connection:
        return connection.scalar(statement) is not None


def record_leaving(database: Engine, participant_id: UUID, *, finished: bool = False) -> None:
    """Record that the person has left, for now or for good. A later frame shows that they are back."""
    leaving = update(Participant).where(Participant.id == participant_id).values(left_at=func.now())
    with Session(database) as session, session.begin():
        if not finished:
            session.execute(leaving)
            return
        finishing = leaving.values(finished_at=func.now()).returning(Participant.finished_at)
        if (at := session.scalar(finishing)) is not None:
            session.add(
                Interruption(
                    participant_id=participant_id,
                    type=InterruptionType.FINISHED,
                    reported_by=Reporter.PAGE,
                    started_at=at,
                )
            )


def list_candidate_ids(database: Engine, meeting_id: UUID) -> list[UUID]:
    """Return the ids of everyone who joined the meeting as a candidate, by name."""
    query = (
        select(Participant.id)
        .where(Participant.meeting_id == meeting_id, Participant.role == Role.CANDIDATE)
        .order_by(Participant.name, Participant.id)
    )
    with database.connect() as connection:
        return list(connection.scalars(query))
