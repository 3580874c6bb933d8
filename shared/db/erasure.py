"""Erasure of one person: from Postgres at once, then from stores, video vendor and Redis."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, all_, case, delete, exists, func, insert, select, update

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.deletions import VendorParticipant, enqueue_picture, insert_deletion
from shared.db.tables import (
    Decision,
    Deletion,
    Delivery,
    Erasure,
    Evidence,
    EvidenceStatus,
    Flag,
    Incident,
    Interruption,
    Meeting,
    Message,
    Participant,
    RegisteredShard,
    TimelineMinute,
)
from shared.settings import StoreName, VideoProvider


@dataclass(frozen=True, slots=True)
class ErasureState:
    """Progress of an erasure; `completed_at` is None until it is complete."""

    participant_id: UUID
    requested_at: datetime
    completed_at: datetime | None
    pictures_left: int
    at_video_vendor: bool
    """Whether the person is still to be deleted at the video vendor."""
    last_error: str | None
    """The last error of a store or the vendor; None if there was none."""


def erase_participant(
    database: Engine, meeting_id: UUID, participant_id: UUID, store: StoreName
) -> ErasureState | None:
    """Delete all rows about a person, and record that a person with this id was erased.

    `store` is the current store for uploads. Idempotent. Returns None if the person never existed.
    """
    with database.begin() as connection:
        person = select(Participant.id).where(
            Participant.id == participant_id, Participant.meeting_id == meeting_id
        )
        if connection.scalar(person.with_for_update()) is not None:
            connection.execute(insert(Erasure).values(participant_id=participant_id, meeting_id=meeting_id))
            _enqueue_pictures(connection, participant_id, store)
            _enqueue_vendor_participant(connection, participant_id)
            _delete_rows(connection, participant_id)
            connection.execute(
                insert_audit_entry(meeting_id, Actor.ADMIN, Action.ERASED, f"participant {participant_id}")
            )
        return _state(connection, meeting_id, participant_id)


def _enqueue_pictures(connection: Connection, participant_id: UUID, store: StoreName) -> None:
    evidence = (
        select(Evidence)
        .join(Flag)
        .where(Flag.participant_id == participant_id, Evidence.status != EvidenceStatus.DELETED)
        .order_by(Evidence.id)
        .with_for_update(of=Evidence)
    )
    for row in connection.execute(evidence):
        enqueue_picture(connection, row, participant_id, store)


def _enqueue_vendor_participant(connection: Connection, participant_id: UUID) -> None:
    query = (
        select(Meeting.video_provider, Meeting.video_meeting_id, Participant.video_participant_id)
        .join(Participant, Participant.meeting_id == Meeting.id)
        .where(Participant.id == participant_id)
    )
    vendor, video_meeting_id, reference = connection.execute(query).one()
    if vendor and video_meeting_id and reference:
        vendor_participant = VendorParticipant(VideoProvider(vendor), video_meeting_id, reference)
        connection.execute(insert_deletion(participant_id, vendor_participant))


def _delete_rows(connection: Connection, participant_id: UUID) -> None:
    flags = select(Flag.id).where(Flag.participant_id == participant_id)
    messages = select(Message.id).where(Message.participant_id == participant_id)
    connection.execute(delete(Decision).where(Decision.participant_id == participant_id))
    connection.execute(delete(TimelineMinute).where(TimelineMinute.participant_id == participant_id))
    connection.execute(delete(Interruption).where(Interruption.participant_id == participant_id))
    connection.execute(delete(Evidence).where(Evidence.flag_id.in_(flags)))
    connection.execute(delete(Flag).where(Flag.participant_id == participant_id))
    connection.execute(delete(Incident).where(Incident.participant_id == participant_id))
    # Not one statement with OR, for which Postgres would read the whole table.
    connection.execute(delete(Delivery).where(Delivery.participant_id == participant_id))
    connection.execute(delete(Delivery).where(Delivery.message_id.in_(messages)))
    connection.execute(delete(Message).where(Message.participant_id == participant_id))
    connection.execute(delete(Participant).where(Participant.id == participant_id))


def _state(connection: Connection, meeting_id: UUID, participant_id: UUID) -> ErasureState | None:
    at_vendor = Deletion.video_meeting_id.is_not(None)
    remaining = (
        select(
            func.count().filter(~at_vendor),
            func.count().filter(at_vendor) > 0,
            func.max(Deletion.last_error),
        )
        .where(Deletion.participant_id == Erasure.participant_id)
        .lateral()
    )
    # A slow worker may enqueue a deletion after completion: the erasure is then open again.
    completed_at = case((~exists().where(Deletion.participant_id == participant_id), Erasure.completed_at))
    columns = (Erasure.participant_id, Erasure.requested_at, completed_at, *remaining.c)
    query = select(*columns).where(Erasure.participant_id == participant_id, Erasure.meeting_id == meeting_id)
    row = connection.execute(query).one_or_none()
    return ErasureState(*row) if row else None


def list_open_erasures(database: Engine, shard: str, limit: int) -> list[UUID]:
    """Return people who are not yet erased from this shard, oldest request first.

    Each shard may have data of anybody: their meeting may have moved.
    """
    query = (
        select(Erasure.participant_id)
        .where(Erasure.completed_at.is_(None), ~Erasure.erased_from.contains([shard]))
        .order_by(Erasure.requested_at)
        .limit(limit)
    )
    with database.connect() as connection:
        return list(connection.scalars(query))


def record_erased(database: Engine, participant_id: UUID, shard: str) -> None:
    """Record that a shard has no data of a person any more, and refuses new data."""
    with database.begin() as connection:
        connection.execute(
            update(Erasure)
            .where(Erasure.participant_id == participant_id)
            .values(erased_from=func.array_append(Erasure.erased_from, shard))
        )


def complete_erasures(database: Engine) -> None:
    """Complete the erasures of all who are erased from every shard, and have no pending deletions."""
    has_data = exists().where(RegisteredShard.name != all_(Erasure.erased_from))
    with database.begin() as connection:
        connection.execute(
            update(Erasure)
            .where(
                Erasure.completed_at.is_(None),
                func.cardinality(Erasure.erased_from) > 0,
                ~has_data,
                ~exists().where(Deletion.participant_id == Erasure.participant_id),
            )
            .values(completed_at=func.now())
        )
