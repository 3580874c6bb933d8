"""All data about one person in Postgres."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session, undefer
from sqlalchemy.sql.elements import KeyedColumnElement

from shared.db.evidence import StoredEvidence, to_stored_evidence
from shared.db.tables import (
    Decision,
    Delivery,
    Evidence,
    Flag,
    Incident,
    Interruption,
    Message,
    Participant,
    Table,
)
from shared.db.timeline import load_minutes

Row = dict[str, Any]

NOT_EXPORTED = {"picture", "thumbnail", "delete_hash", "reader_name", "reader_email", "reviewer"}
"""Bytes are exported as files; the delete hash would let its holder delete the picture; readers are
other people."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Rows with all their columns, so that none can be forgotten, and the pictures in their stores."""

    participant: Row
    flags: list[Row]
    incidents: list[Row]
    messages: list[Row]
    decisions: list[Row]
    timeline: list[Row]
    interruptions: list[Row]
    pictures: list[StoredEvidence]
    thumbnails: dict[UUID, bytes]
    """By evidence id."""


def load_personal_data(database: Engine, meeting_id: UUID, participant_id: UUID) -> PersonalData | None:
    """Return all data about a person, from one snapshot; None if the meeting has no such person."""
    person = select(Participant.__table__).where(
        Participant.id == participant_id, Participant.meeting_id == meeting_id
    )
    flags = select(Flag.__table__).where(Flag.participant_id == participant_id).order_by(Flag.id)
    evidence = (
        select(Evidence)
        .join(Flag)
        .where(Flag.participant_id == participant_id)
        .options(undefer(Evidence.thumbnail))
    )
    snapshot = database.execution_options(isolation_level="REPEATABLE READ")
    with Session(snapshot) as session:
        participants = _rows(session, person)
        if not participants:
            return None
        pictures = list(session.scalars(evidence))
        by_flag = {row.flag_id: _export_row(row) for row in pictures}
        return PersonalData(
            participant=participants[0],
            flags=[row | {"evidence": by_flag[row["id"]]} for row in _rows(session, flags)],
            incidents=_rows(session, _select_incidents(participant_id)),
            messages=_rows(session, _select_messages(participant_id)),
            decisions=_rows(session, _select_decisions(participant_id)),
            timeline=[asdict(minute) for minute in load_minutes(session, participant_id)],
            interruptions=_rows(session, _select_interruptions(participant_id)),
            pictures=[to_stored_evidence(row, meeting_id, participant_id) for row in pictures],
            thumbnails={row.id: row.thumbnail for row in pictures if row.thumbnail is not None},
        )


def _select_messages(participant_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(*_exported_columns(Message), Delivery.delivered_at, Delivery.acknowledged_at)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.participant_id == participant_id)
        .order_by(Message.sent_at)
    )


def _select_incidents(participant_id: UUID) -> Select[*tuple[Any, ...]]:
    columns = _exported_columns(Incident)
    return select(*columns).where(Incident.participant_id == participant_id).order_by(Incident.id)


def _select_decisions(participant_id: UUID) -> Select[*tuple[Any, ...]]:
    columns = _exported_columns(Decision)
    return select(*columns).where(Decision.participant_id == participant_id).order_by(Decision.id)


def _select_interruptions(participant_id: UUID) -> Select[*tuple[Any, ...]]:
    columns = _exported_columns(Interruption)
    return (
        select(*columns)
        .where(Interruption.participant_id == participant_id)
        .order_by(Interruption.started_at)
    )


def _export_row(row: Evidence) -> Row:
    return {column.name: getattr(row, column.name) for column in _exported_columns(Evidence)}


def _exported_columns(table: type[Table]) -> Sequence[KeyedColumnElement[Any]]:
    return [column for column in table.__table__.columns if column.name not in NOT_EXPORTED]


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[Row]:
    return [dict(row) for row in session.execute(query).mappings()]
