"""Which pictures of an incident are kept: its first, its last, and those of its strongest flags."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, select, update

from shared.db.deletions import enqueue_picture
from shared.db.incidents import GAP, lock_participant
from shared.db.tables import Evidence, EvidenceStatus, Flag, Incident
from shared.settings import StoreName

QUIET = GAP + timedelta(seconds=15)
"""A picture beyond the limit is uploaded only after this time: until then a later one may replace it."""


class _Picture(NamedTuple):
    id: UUID
    created_at: datetime
    strength: float
    attempts: int


def trim_incidents(database: Engine, evidence_ids: Collection[UUID], limit: int, store: StoreName) -> None:
    """Drop pictures of these pictures' incidents beyond `limit`, also from their store; the flags stay.

    Call it before uploading. The newest picture beyond the limit waits, so that a long incident, whose last
    picture changes all the time, does not upload each of them. Idempotent.
    """
    long = (
        select(Incident.id, Incident.participant_id)
        .join(Flag, Flag.incident_id == Incident.id)
        .join(Evidence, Evidence.flag_id == Flag.id)
        .where(Evidence.id.in_(evidence_ids), Incident.flags > limit)
        .distinct()
        .order_by(Incident.id)
    )
    with database.begin() as connection:
        incidents = connection.execute(long).all()
    for incident_id, participant_id in incidents:
        with database.begin() as connection:
            lock_participant(connection, participant_id)
            _trim(connection, incident_id, participant_id, limit, store)


def _trim(
    connection: Connection, incident_id: int, participant_id: UUID, limit: int, store: StoreName
) -> None:
    query = (
        select(Evidence.id, Evidence.created_at, Flag.strength, Evidence.attempts)
        .join(Flag)
        .where(Flag.incident_id == incident_id, Evidence.status != EvidenceStatus.DELETED)
        .order_by(Flag.taken_at, Flag.id)
    )
    pictures = [_Picture(*row) for row in connection.execute(query)]
    kept = choose_kept([(picture.id, picture.strength) for picture in pictures], limit)
    dropped = [picture.id for picture in pictures if picture.id not in kept]
    # In the order of their ids, as an erasure and an upload do: otherwise they could wait for each other.
    rows = select(Evidence).where(Evidence.id.in_(dropped)).order_by(Evidence.id).with_for_update()
    for row in connection.execute(rows):
        enqueue_picture(connection, row, participant_id, store)
    connection.execute(
        update(Evidence)
        .where(Evidence.id.in_(dropped))
        .values(status=EvidenceStatus.DELETED, picture=None, thumbnail=None, reference=None, delete_hash=None)
    )
    if len(pictures) > limit and (last := pictures[-1]).attempts == 0:
        connection.execute(
            update(Evidence)
            .where(Evidence.id == last.id, Evidence.status == EvidenceStatus.PENDING, Evidence.attempts == 0)
            .values(next_try_at=last.created_at + QUIET)
        )


def choose_kept(pictures: Sequence[tuple[UUID, float]], limit: int) -> set[UUID]:
    """Return the ids of the first, the last and the strongest of pictures (id, strength) in order of time."""
    strongest = sorted(pictures[1:-1], key=lambda picture: -picture[1])
    return {evidence_id for evidence_id, _ in [*pictures[:1], *pictures[-1:], *strongest][:limit]}
