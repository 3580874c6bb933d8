"""The tables in Postgres.

long: one schema, whose tables refer to each other.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Role(StrEnum):
    """What a participant may do."""

    CANDIDATE = "candidate"
    ADMIN = "admin"


class EvidenceStatus(StrEnum):
    """`pending` → `stored` → `deleted`."""

    PENDING = "pending"
    STORED = "stored"
    DELETED = "deleted"


class Review(StrEnum):
    """An admin's decision about a flag."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class ShardState(StrEnum):
    """Whether a shard takes new meetings; one that drains also hands over those it has."""

    OPEN = "open"
    DRAINING = "draining"


class Table(DeclarativeBase):
    """Base class: times have a time zone, and constraints have predictable names."""

    type_annotation_map: ClassVar = {str: Text, datetime: DateTime(timezone=True), dict[str, Any]: JSONB}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class RegisteredShard(Table):
    """A Redis server. The table is empty while there has never been more than one."""

    __tablename__ = "shards"
    __table_args__ = (CheckConstraint("state IN ('open', 'draining')", name="state"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    """A URL without user and password."""
    state: Mapped[str] = mapped_column(server_default=ShardState.OPEN)
    added_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Meeting(Table):
    """One exam session, and its meeting at a video vendor, if any."""

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("(video_provider IS NULL) = (video_meeting_id IS NULL)", name="video_is_whole"),
        CheckConstraint("evidence_retention_days > 0", name="retention_is_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str]
    admin_key_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    video_provider: Mapped[str | None]
    video_meeting_id: Mapped[str | None]
    rules: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """`RuleOverrides` without nulls."""
    evidence_retention_days: Mapped[int | None]
    """None means the operator's setting, which is the upper limit."""
    closed_at: Mapped[datetime | None]
    """When it was closed to new people; None while it is open."""
    shard: Mapped[str | None]
    """The shard it lives on; None: the first one."""
    exam_url: Mapped[str | None]
    """Where candidates take the exam."""
    ends_at: Mapped[datetime | None]
    """When the exam ends; nothing happens then, candidates are only told."""
    last_number: Mapped[int] = mapped_column(server_default="0")
    """Of the candidate who joined last; counted by a trigger."""


class Participant(Table):
    """A person in a meeting."""

    __tablename__ = "participants"
    __table_args__ = (CheckConstraint("role IN ('candidate', 'admin')", name="role"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"), index=True)
    name: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    left_at: Mapped[datetime | None]
    """When they last left, for now or for good."""
    finished_at: Mapped[datetime | None]
    """When they last finished their exam."""
    video_participant_id: Mapped[str | None]
    number: Mapped[int | None]
    """A candidate's place in the order of joining, set by a trigger; None for an admin."""


class Incident(Table):
    """Flags of one kind of one candidate, at most 30 s apart: what is reviewed as one thing."""

    __tablename__ = "incidents"
    __table_args__ = (CheckConstraint("review IN ('open', 'confirmed', 'dismissed')", name="review"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id"))
    kind: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    flags: Mapped[int]
    version: Mapped[str] = mapped_column(server_default="")
    """Of the detectors that judged its first flag."""
    severity: Mapped[int]
    """Orders the inbox: by kind, then by the strongest score, or by duration where there is none."""
    review: Mapped[str] = mapped_column(server_default=Review.OPEN)
    """Open while one of its flags is."""
    reason: Mapped[str | None]
    reviewer: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]


Index("ix_incidents_newest", Incident.meeting_id, Incident.started_at.desc(), Incident.id.desc())
Index("ix_incidents_worst", Incident.meeting_id, Incident.severity.desc(), Incident.id.desc())
Index("ix_incidents_of_one", Incident.participant_id, Incident.kind, Incident.started_at)
Index(
    "ix_incidents_inbox",
    Incident.meeting_id,
    Incident.severity.desc(),
    Incident.id.desc(),
    postgresql_where=Incident.review == Review.OPEN,
)
Index(
    "ix_incidents_reviewed",
    Incident.meeting_id,
    Incident.reviewed_at.desc(),
    postgresql_where=Incident.reviewed_at.is_not(None),
)


class Flag(Table):
    """A verdict that is not `ok`; at most one per job, however often the job runs."""

    __tablename__ = "flags"
    __table_args__ = (CheckConstraint("review IN ('open', 'confirmed', 'dismissed')", name="review"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(unique=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id"))
    kind: Mapped[str]
    faces: Mapped[int]
    findings: Mapped[dict[str, Any]]
    taken_at: Mapped[datetime]
    judged_at: Mapped[datetime] = mapped_column(server_default=func.now())
    review: Mapped[str] = mapped_column(server_default=Review.OPEN)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    """None until the sweep, for a flag that a worker of the previous release recorded."""
    strength: Mapped[float] = mapped_column(server_default="0")
    """How sure the detector is of what is flagged; the strongest pictures of an incident are kept."""


# The strongest flag of an incident is the first row of one index range scan.
Index("ix_flags_of_incident", Flag.incident_id, Flag.strength.desc(), Flag.id)
Index("ix_flags_without_incident", Flag.id, postgresql_where=Flag.incident_id.is_(None))

# A page of the flagged list, of all or one participant, is one index range scan, whatever the table's size.
Index("ix_flags_newest", Flag.meeting_id, Flag.taken_at.desc(), Flag.id.desc())
Index("ix_flags_newest_of_one", Flag.participant_id, Flag.taken_at.desc(), Flag.id.desc())


class Evidence(Table):
    """The picture behind a flag. Its bytes stay in the row until a store has them (outbox)."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'stored', 'deleted')", name="status"),
        CheckConstraint("(status = 'pending') = (picture IS NOT NULL)", name="pending_has_picture"),
        CheckConstraint("status <> 'stored' OR reference IS NOT NULL", name="stored_has_reference"),
        CheckConstraint("status <> 'deleted' OR thumbnail IS NULL", name="deleted_has_no_thumbnail"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id"), unique=True)
    status: Mapped[str] = mapped_column(default=EvidenceStatus.PENDING)
    content_type: Mapped[str]
    sha256: Mapped[str]
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    thumbnail: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """A JPEG of at most 160 pixels a side; None for flags from before this column existed."""
    store: Mapped[str | None]
    reference: Mapped[str | None]
    delete_hash: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None]
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


Index("ix_evidence_due", Evidence.next_try_at, postgresql_where=Evidence.status == EvidenceStatus.PENDING)
Index("ix_evidence_age", Evidence.created_at, postgresql_where=Evidence.status != EvidenceStatus.DELETED)


class Message(Table):
    """A message of an admin to one candidate or, without a participant, to everyone in the meeting."""

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    participant_id: Mapped[UUID | None] = mapped_column(ForeignKey("participants.id"))
    text: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())


Index("ix_messages_to_one", Message.participant_id, postgresql_where=Message.participant_id.is_not(None))
Index("ix_messages_newest", Message.meeting_id, Message.sent_at.desc(), Message.id.desc())


class Delivery(Table):
    """The delivery of a message to one candidate."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("acknowledged_at IS NULL OR delivered_at IS NOT NULL", name="acknowledged_last"),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id"), primary_key=True)
    delivered_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


Index("ix_deliveries_of_one", Delivery.participant_id)


class Note(Table):
    """What an invigilator writes to the meeting's other invigilators; no row is changed."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    author: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())


Index("ix_notes_newest", Note.meeting_id, Note.id.desc())
Index("ix_notes_written", Note.written_at, postgresql_using="brin")


class Decision(Table):
    """What a reader concludes about a candidate's whole attempt; the newest row counts, none is changed."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("outcome IN ('clear', 'violation', 'inconclusive', 'reopened')", name="outcome"),
        CheckConstraint("(outcome = 'reopened') = (reason_code IS NULL)", name="reason"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id"))
    outcome: Mapped[str]
    takes_effect: Mapped[bool]
    """False for a violation that no second reader has agreed to, and for a reopening."""
    reason_code: Mapped[str | None]
    comment: Mapped[str]
    reader_name: Mapped[str]
    reader_email: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())


Index("ix_decisions_newest", Decision.meeting_id, Decision.id.desc())
Index("ix_decisions_newest_of_one", Decision.participant_id, Decision.id.desc())


class TimelineMinute(Table):
    """What the frames of one candidate said in one minute; a minute without frames has no row."""

    __tablename__ = "timeline"
    __table_args__ = (CheckConstraint("seen % 8 BETWEEN 1 AND 5", name="state"),)

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id"), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Minutes since 1970."""
    frames: Mapped[int] = mapped_column(SmallInteger)
    seen: Mapped[int] = mapped_column(SmallInteger)
    """Eight times the most faces in a frame, plus the rank of the state: 1 n, 2 d, 3 h, 4 v, 5 f.

    Together they save eight bytes in each of millions of rows.
    """


Index("ix_timeline_minute", TimelineMinute.minute, postgresql_using="brin")


class Interruption(Table):
    """Why no frames of a candidate came for some time: as the server saw it, or as page or staff say."""

    __tablename__ = "interruptions"
    __table_args__ = (
        CheckConstraint(
            "type IN ('network', 'page_closed', 'camera_off', 'refused', 'paused_by_staff', 'finished')",
            name="type",
        ),
        CheckConstraint("reported_by IN ('server', 'page', 'staff')", name="reported_by"),
        CheckConstraint("ended_at >= started_at", name="ends_last"),
    )

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    reported_by: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime | None]
    """None: until the next frame."""


Index("ix_interruptions_started", Interruption.started_at, postgresql_using="brin")


class Heartbeat(Table):
    """When a gateway reached Postgres and a shard, for each minute in steps of ten seconds."""

    __tablename__ = "heartbeats"

    minute: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Minutes since 1970."""
    shard: Mapped[str] = mapped_column(primary_key=True)
    beats: Mapped[int] = mapped_column(SmallInteger)
    """Six bits, the lowest for the first ten seconds."""


class Erasure(Table):
    """A person was erased; not complete until stores, vendor and Redis have deleted their data."""

    __tablename__ = "erasures"

    participant_id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())
    completed_at: Mapped[datetime | None]
    erased_from: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """The shards that have deleted their data."""


Index("ix_erasures_open", Erasure.requested_at, postgresql_where=Erasure.completed_at.is_(None))


class Deletion(Table):
    """What a store or a video vendor is to delete, and no other row refers to (outbox)."""

    __tablename__ = "deletions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    participant_id: Mapped[UUID | None] = mapped_column(index=True)
    """Whose data it is, erased or not; None if unknown."""
    store: Mapped[str]
    """A StoreName or a VideoProvider."""
    reference: Mapped[str]
    """The store's name for the picture, or the vendor's id of the participant."""
    delete_hash: Mapped[str | None]
    video_meeting_id: Mapped[str | None]
    """Set only for participants at a vendor."""
    last_error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.now())


Index("ix_deletions_due", Deletion.next_try_at)


class AuditEntry(Table):
    """Who did what to which object; rows are never changed.

    A trigger fills `previous` and `hash`, so that no writer can leave the chain: see docs/audit-log.md.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    action: Mapped[str]
    object: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous: Mapped[str | None] = mapped_column(server_default=FetchedValue())
    """The hash of the meeting's entry before; None in its first."""
    hash: Mapped[str] = mapped_column(server_default=FetchedValue())
    """SHA-256 of the SQL function `audit_text` of this row, in hexadecimal."""


Index("ix_audit_object", AuditEntry.meeting_id, AuditEntry.object)
Index("ix_audit_newest", AuditEntry.meeting_id, AuditEntry.id.desc())
Index("ix_audit_at", AuditEntry.at, postgresql_using="brin")


class AuditCheckpoint(Table):
    """A signature over the newest entry of a meeting's log at some time."""

    __tablename__ = "audit_checkpoints"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    signed_text: Mapped[str]
    signature: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
