"""Erasing one person: from Postgres at once, then wherever else they are known, however long that takes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, case, delete, exists, func, insert, select, update

from shared.db.audit import Action, Actor, insert_audit_entry
from shared.db.deletions import UPLOADS_ENDED_AT, StoredPicture, VideoEntry, insert_deletion, possible_copy
from shared.db.tables import (
    Deletion,
    Delivery,
    Erasure,
    Evidence,
    EvidenceStatus,
    Flag,
    Meeting,
    Message,
    Participant,
)
from shared.settings import StoreName, VideoProvider
from shared.stores.store import Stored


@dataclass(frozen=True, slots=True)
class ErasureState:
    """How far it has come; complete once `completed_at` is there."""

    participant_id: UUID
    requested_at: datetime
    completed_at: datetime | None
    pictures_left: int
    at_video_vendor: bool
    """Whether the vendor of the meeting's video still knows them."""
    last_error: str | None
    """What a store or the vendor said that would not delete; None while none has refused."""


def erase_participant(
    database: Engine, meeting_id: UUID, participant_id: UUID, store: StoreName
) -> ErasureState | None:
    """Erase all rows about a person; only the fact that somebody with this id was erased is kept.

    `store` is where uploads go now. Twice is as good as once; None when there never was such a person.
    """
    with database.begin() as connection:
        person = select(Participant.id).where(
            Participant.id == participant_id, Participant.meeting_id == meeting_id
        )
        if connection.scalar(person.with_for_update()) is not None:
            connection.execute(insert(Erasure).values(participant_id=participant_id, meeting_id=meeting_id))
            _owe_pictures(connection, participant_id, store)
            _owe_video_entry(connection, participant_id)
            _delete_rows(connection, participant_id)
            connection.execute(
                insert_audit_entry(meeting_id, Actor.ADMIN, Action.ERASED, f"participant {participant_id}")
            )
        return _state(connection, meeting_id, participant_id)


def _owe_pictures(connection: Connection, participant_id: UUID, store: StoreName) -> None:
    kept = (
        select(Evidence)
        .join(Flag)
        .where(Flag.participant_id == participant_id, Evidence.status != EvidenceStatus.DELETED)
        .with_for_update(of=Evidence)
    )
    for row in connection.execute(kept):
        if row.reference is not None:
            picture = StoredPicture(StoreName(row.store), Stored(row.reference, row.delete_hash))
            connection.execute(insert_deletion(participant_id, picture))
        elif row.attempts and (copy := possible_copy(row.id, row.content_type, store)):
            # Not as late as the next try: a store may have asked for a long pause before it.
            soon = func.least(row.next_try_at, UPLOADS_ENDED_AT)
            connection.execute(insert_deletion(participant_id, copy, not_before=soon))


def _owe_video_entry(connection: Connection, participant_id: UUID) -> None:
    known_as = (
        select(Meeting.video_provider, Meeting.video_meeting_id, Participant.video_participant_id)
        .join(Participant, Participant.meeting_id == Meeting.id)
        .where(Participant.id == participant_id)
    )
    vendor, video_meeting_id, reference = connection.execute(known_as).one()
    if vendor and video_meeting_id and reference:
        what = VideoEntry(VideoProvider(vendor), video_meeting_id, reference)
        connection.execute(insert_deletion(participant_id, what))


def _delete_rows(connection: Connection, participant_id: UUID) -> None:
    flags = select(Flag.id).where(Flag.participant_id == participant_id)
    messages = select(Message.id).where(Message.participant_id == participant_id)
    connection.execute(delete(Evidence).where(Evidence.flag_id.in_(flags)))
    connection.execute(delete(Flag).where(Flag.participant_id == participant_id))
    connection.execute(
        delete(Delivery).where(
            (Delivery.participant_id == participant_id) | Delivery.message_id.in_(messages)
        )
    )
    connection.execute(delete(Message).where(Message.participant_id == participant_id))
    connection.execute(delete(Participant).where(Participant.id == participant_id))


def _state(connection: Connection, meeting_id: UUID, participant_id: UUID) -> ErasureState | None:
    at_vendor = Deletion.video_meeting_id.is_not(None)
    left = (
        select(
            func.count().filter(~at_vendor),
            func.count().filter(at_vendor) > 0,
            func.max(Deletion.last_error),
        )
        .where(Deletion.participant_id == Erasure.participant_id)
        .lateral()
    )
    # What a worker that was slow to give up comes to owe opens a complete erasure again.
    completed_at = case((~exists().where(Deletion.participant_id == participant_id), Erasure.completed_at))
    columns = (Erasure.participant_id, Erasure.requested_at, completed_at, *left.c)
    query = select(*columns).where(Erasure.participant_id == participant_id, Erasure.meeting_id == meeting_id)
    row = connection.execute(query).one_or_none()
    return ErasureState(*row) if row else None


def list_open_erasures(database: Engine, limit: int) -> list[UUID]:
    """People who are not yet erased everywhere, the first first."""
    query = (
        select(Erasure.participant_id)
        .where(Erasure.completed_at.is_(None))
        .order_by(Erasure.requested_at)
        .limit(limit)
    )
    with database.connect() as connection:
        return list(connection.scalars(query))


def complete_erasure(database: Engine, participant_id: UUID) -> None:
    """Redis has forgotten the person: that is the end of it, unless a store or the video vendor has not."""
    with database.begin() as connection:
        connection.execute(
            update(Erasure)
            .where(
                Erasure.participant_id == participant_id,
                ~exists().where(Deletion.participant_id == participant_id),
            )
            .values(completed_at=func.now())
        )
