"""Incidents: flags of one kind of one candidate at most 30 s apart, reviewed as one thing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from shared.db.tables import Flag, Incident, Participant, Review
from shared.verdicts import UNCONFIRMED_STRENGTH, FlagKind

GAP = timedelta(seconds=30)
"""Flags further apart belong to different incidents."""
_LEAST_SEVERE_FIRST = (FlagKind.TECHNICAL, FlagKind.FACE_HIDDEN, FlagKind.NO_FACE, FlagKind.MULTIPLE_FACES)
_KIND_WEIGHT = 100_000
"""More than the seconds of a day, and than a thousand times any score of dlib."""


def join_incident(
    connection: Connection,
    meeting_id: UUID,
    participant_id: UUID,
    kind: FlagKind,
    taken_at: datetime,
    version: str,
    strength: float,
) -> int:
    """Return the incident that a new flag belongs to, which counts it; merge two that it connects.

    Call it in the transaction that writes the flag, with the participant locked: flags may come in any order,
    from several workers. What was decided about the incident did not know of this flag, so it is open again.
    """
    flag = {"meeting_id": meeting_id, "participant_id": participant_id, "kind": kind}
    near = connection.execute(_NEAR, {**flag, "earliest": taken_at - GAP, "latest": taken_at + GAP}).all()
    started_at = min([taken_at, *(row.started_at for row in near)])
    ended_at = max([taken_at, *(row.ended_at for row in near)])
    row = {
        "started_at": started_at,
        "ended_at": ended_at,
        "flags": 1 + sum(row.flags for row in near),
        "severity": max([_severity(kind, ended_at - started_at, strength), *(row.severity for row in near)]),
    }
    if not near:
        return connection.scalars(_BEGIN, flag | row | {"version": version}).one()
    _move_flags(connection, [other.id for other in near[1:]], near[0].id)
    connection.execute(_EXTEND, {**row, "incident_id": near[0].id})
    return int(near[0].id)


# Built once: building a statement takes as long as a round trip.
_NEAR = (
    select(Incident.id, Incident.started_at, Incident.ended_at, Incident.flags, Incident.severity)
    .where(
        Incident.participant_id == bindparam("participant_id"),
        Incident.kind == bindparam("kind"),
        Incident.started_at <= bindparam("latest"),
        Incident.ended_at >= bindparam("earliest"),
    )
    .order_by(Incident.started_at)
)
_SPAN: dict[str, Any] = {name: bindparam(name) for name in ("started_at", "ended_at", "flags", "severity")}
_OF_FLAG: dict[str, Any] = {
    name: bindparam(name) for name in ("meeting_id", "participant_id", "kind", "version")
}
_BEGIN = insert(Incident).values(**_OF_FLAG, **_SPAN).returning(Incident.id)
_EXTEND = update(Incident).where(Incident.id == bindparam("incident_id")).values(**_SPAN, review=Review.OPEN)


def _move_flags(connection: Connection, sources: list[int], target: int) -> None:
    """Move all flags of incidents to another, and delete these incidents."""
    if sources:
        connection.execute(update(Flag).where(Flag.incident_id.in_(sources)).values(incident_id=target))
        connection.execute(delete(Incident).where(Incident.id.in_(sources)))


def _severity(kind: FlagKind, duration: timedelta, strength: float) -> int:
    by_score = int((strength - UNCONFIRMED_STRENGTH) * 1_000)
    within_kind = by_score if kind is FlagKind.MULTIPLE_FACES else int(duration.total_seconds())
    return _LEAST_SEVERE_FIRST.index(kind) * _KIND_WEIGHT + min(max(within_kind, 0), _KIND_WEIGHT - 1)


def assign_incidents(database: Engine, limit: int) -> int:
    """Assign flags of workers of the previous release, which know no incidents; return how many."""
    orphans = select(Flag.id, Flag.participant_id).where(Flag.incident_id.is_(None)).order_by(Flag.id)
    with database.begin() as connection:
        rows = connection.execute(orphans.limit(limit)).all()
    for flag_id, participant_id in rows:
        with database.begin() as connection:
            lock_participant(connection, participant_id)
            _assign(connection, flag_id)
    return len(rows)


def _assign(connection: Connection, flag_id: int) -> None:
    columns = (
        *(Flag.meeting_id, Flag.participant_id, Flag.kind, Flag.taken_at),
        *(Flag.strength, Flag.findings["version"].astext.label("version")),
    )
    orphan = select(*columns).where(Flag.id == flag_id, Flag.incident_id.is_(None))
    row = connection.execute(orphan).one_or_none()
    if row:
        incident_id = join_incident(
            connection,
            row.meeting_id,
            row.participant_id,
            FlagKind(row.kind),
            row.taken_at,
            row.version,
            row.strength,
        )
        connection.execute(update(Flag).where(Flag.id == flag_id).values(incident_id=incident_id))


def lock_participant(connection: Connection | Session, participant_id: UUID) -> None:
    """Lock the person's row until the transaction ends, so that nobody else changes their incidents."""
    connection.execute(_LOCK, {"participant_id": participant_id})


_LOCK = (
    select(Participant.id)
    .where(Participant.id == bindparam("participant_id"))
    .with_for_update(key_share=True)
)


def update_review(session: Session, incident_id: int) -> None:
    """Derive the incident's state from its flags, one of which was reviewed alone."""
    states = set(session.scalars(select(Flag.review).where(Flag.incident_id == incident_id).distinct()))
    review = next(state for state in (Review.OPEN, Review.CONFIRMED, Review.DISMISSED) if state in states)
    session.execute(
        update(Incident)
        .where(Incident.id == incident_id, Incident.review != review)
        .values(review=review, reason=None, reviewer=None, reviewed_at=func.now())
    )
