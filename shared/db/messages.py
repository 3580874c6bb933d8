"""Messages of admins to candidates, and their delivery."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.sql.selectable import LateralFromClause

from shared.db.tables import Delivery, Message, Participant, Role

MAX_MESSAGES = 100
"""Limit of a list of messages."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message and the counts of its deliveries; `participant_id` None means everyone."""

    id: UUID
    participant_id: UUID | None
    text: str
    sent_at: datetime
    recipients: int
    delivered: int
    acknowledged: int


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message that a candidate has not acknowledged."""

    id: UUID
    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The delivery of a message to one candidate."""

    message_id: UUID
    participant_id: UUID
    delivered_at: datetime | None
    acknowledged_at: datetime | None


def send_message(
    database: Engine, meeting_id: UUID, text: str, participant_id: UUID | None
) -> SentMessage | None:
    """Store a message to one candidate, or to everyone who has joined; None if there is no such candidate."""
    message_id = uuid4()
    recipients = _select_recipients(meeting_id, participant_id)
    with database.connect() as connection:
        if participant_id and connection.scalar(recipients) is None:
            return None
        message = insert(Message).values(
            id=message_id, meeting_id=meeting_id, participant_id=participant_id, text=text
        )
        sent_at = connection.execute(message.returning(Message.sent_at)).scalar_one()
        deliveries = select(literal(message_id), recipients.subquery().c.id)
        count = connection.execute(
            insert(Delivery).from_select(["message_id", "participant_id"], deliveries)
        ).rowcount
        connection.commit()
    return SentMessage(message_id, participant_id, text, sent_at, count, 0, 0)


def _select_recipients(meeting_id: UUID, participant_id: UUID | None) -> Select[UUID]:
    # Locked, so that they are not erased before the rows that refer to them are written.
    query = (
        select(Participant.id)
        .where(Participant.meeting_id == meeting_id, Participant.role == Role.CANDIDATE)
        .order_by(Participant.id)
        .with_for_update(read=True, key_share=True)
    )
    return query.where(Participant.id == participant_id) if participant_id else query


def list_messages(
    database: Engine, meeting_id: UUID, participant_id: UUID | None = None
) -> list[SentMessage]:
    """Return the meeting's newest messages, newest first, with counts; or only one participant's."""
    deliveries = [Delivery.message_id == Message.id]
    if participant_id:
        deliveries.append(Delivery.participant_id == participant_id)
    counts = _count_deliveries(deliveries)
    query = (
        select(Message.id, Message.participant_id, Message.text, Message.sent_at, *counts.c)
        .join(counts, true())
        .where(Message.meeting_id == meeting_id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(MAX_MESSAGES)
    )
    if participant_id:
        query = query.where(exists().where(*deliveries))
    with database.connect() as connection:
        return [SentMessage(*row) for row in connection.execute(query)]


def _count_deliveries(conditions: Collection[ColumnElement[bool]]) -> LateralFromClause:
    # LATERAL: counts only the deliveries of the listed messages; one to everyone may have thousands.
    return (
        select(
            func.count().label("recipients"),
            func.count(Delivery.delivered_at).label("delivered"),
            func.count(Delivery.acknowledged_at).label("acknowledged"),
        )
        .where(*conditions)
        .lateral()
    )


@dataclass(frozen=True, slots=True)
class UnacknowledgedRecipient:
    """A candidate who has not acknowledged a message; `delivered_at` is None if it has not been delivered."""

    participant_id: UUID
    name: str
    delivered_at: datetime | None


def list_unacknowledged(
    database: Engine, meeting_id: UUID, message_id: UUID
) -> list[UnacknowledgedRecipient] | None:
    """Return who has not acknowledged it, by name; None if the meeting has no such message."""
    message_exists = select(exists().where(Message.id == message_id, Message.meeting_id == meeting_id))
    query = (
        select(Participant.id, Participant.name, Delivery.delivered_at)
        .join(Delivery)
        .where(Delivery.message_id == message_id, Delivery.acknowledged_at.is_(None))
        .order_by(func.lower(Participant.name), Participant.id)
    )
    with database.connect() as connection:
        if not connection.scalar(message_exists):
            return None
        return [UnacknowledgedRecipient(*row) for row in connection.execute(query)]


def list_recipients(database: Engine, message_id: UUID) -> list[UUID]:
    """Return the candidates to whom a message was sent."""
    query = select(Delivery.participant_id).where(Delivery.message_id == message_id)
    with database.connect() as connection:
        return list(connection.scalars(query))


def list_open_messages(
    database: Engine, participant_id: UUID, *, undelivered: bool = False
) -> list[OpenMessage]:
    """Return the newest messages that the candidate has not acknowledged, in the order they were sent.

    With `undelivered`, only those that no page has shown.
    """
    missing_time = Delivery.delivered_at if undelivered else Delivery.acknowledged_at
    query = (
        select(Message.id, Message.text, Message.sent_at)
        .join(Delivery)
        .where(Delivery.participant_id == participant_id, missing_time.is_(None))
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(MAX_MESSAGES)
    )
    with database.connect() as connection:
        return [OpenMessage(*row) for row in connection.execute(query)][::-1]


def record_receipt(
    database: Engine, message_id: UUID, participant_id: UUID, *, acknowledged: bool
) -> Receipt | None:
    """Record the first time of delivery or acknowledgement; None if they are not a recipient."""
    now = func.now()
    times = {Delivery.delivered_at: func.coalesce(Delivery.delivered_at, now)}
    if acknowledged:
        times[Delivery.acknowledged_at] = func.coalesce(Delivery.acknowledged_at, now)
    query = (
        update(Delivery)
        .where(Delivery.message_id == message_id, Delivery.participant_id == participant_id)
        .values(times)
        .returning(
            Delivery.message_id, Delivery.participant_id, Delivery.delivered_at, Delivery.acknowledged_at
        )
    )
    with database.begin() as connection:
        row = connection.execute(query).one_or_none()
    return Receipt(*row) if row else None
