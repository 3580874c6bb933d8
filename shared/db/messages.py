"""What admins have said to candidates, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Engine, exists, func, insert, literal, select, true, update

from shared.db.tables import Delivery, Message, Participant, Role

NEWEST = 100
"""How many messages are listed, and how many a candidate who returns gets."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message and with how many of its recipients it has arrived; `participant_id` None means all."""

    id: UUID
    participant_id: UUID | None
    text: str
    sent_at: datetime
    recipients: int
    delivered: int
    acknowledged: int


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message that a candidate has not acknowledged yet."""

    id: UUID
    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far a message has come with one candidate."""

    message_id: UUID
    participant_id: UUID
    delivered_at: datetime | None
    acknowledged_at: datetime | None


def send_message(
    database: Engine, meeting_id: UUID, text: str, participant_id: UUID | None
) -> SentMessage | None:
    """Keep a message to one candidate, or to all who have joined; None when there is no such candidate."""
    message_id = uuid4()
    to_whom: list[ColumnElement[bool]] = [
        Participant.meeting_id == meeting_id,
        Participant.role == Role.CANDIDATE,
    ]
    if participant_id:
        to_whom.append(Participant.id == participant_id)
    recipients = select(Participant.id).where(*to_whom)
    with database.connect() as connection:
        # Kept from being erased until the message is written: it refers to them.
        if participant_id and connection.scalar(recipients.with_for_update(key_share=True)) is None:
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


def list_messages(
    database: Engine, meeting_id: UUID, participant_id: UUID | None = None
) -> list[SentMessage]:
    """The newest of the meeting, newest first; of one candidate, what they got and how far it came."""
    theirs = [Delivery.message_id == Message.id]
    if participant_id:
        theirs.append(Delivery.participant_id == participant_id)
    # Counted for the page alone: a message to all has as many deliveries as the exam has candidates.
    counts = (
        select(
            func.count().label("recipients"),
            func.count(Delivery.delivered_at).label("delivered"),
            func.count(Delivery.acknowledged_at).label("acknowledged"),
        )
        .where(*theirs)
        .lateral()
    )
    query = (
        select(
            Message.id,
            Message.participant_id,
            Message.text,
            Message.sent_at,
            counts.c.recipients,
            counts.c.delivered,
            counts.c.acknowledged,
        )
        .join(counts, true())
        .where(Message.meeting_id == meeting_id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(NEWEST)
    )
    if participant_id:
        query = query.where(exists().where(*theirs))
    with database.connect() as connection:
        return [SentMessage(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class UnacknowledgedRecipient:
    """A candidate who has not acknowledged a message; `delivered_at` None: it has not even arrived."""

    participant_id: UUID
    name: str
    delivered_at: datetime | None


def list_unacknowledged(
    database: Engine, meeting_id: UUID, message_id: UUID
) -> list[UnacknowledgedRecipient] | None:
    """Who has not acknowledged it, by name; None when the meeting has no such message."""
    is_there = select(exists().where(Message.id == message_id, Message.meeting_id == meeting_id))
    query = (
        select(Participant.id, Participant.name, Delivery.delivered_at)
        .join(Delivery)
        .where(Delivery.message_id == message_id, Delivery.acknowledged_at.is_(None))
        .order_by(func.lower(Participant.name), Participant.id)
    )
    with database.connect() as connection:
        if not connection.scalar(is_there):
            return None
        return [UnacknowledgedRecipient(*row) for row in connection.execute(query)]


def list_recipients(database: Engine, message_id: UUID) -> list[UUID]:
    """Return the candidates to whom a message went."""
    query = select(Delivery.participant_id).where(Delivery.message_id == message_id)
    with database.connect() as connection:
        return list(connection.scalars(query))


def list_open_messages(
    database: Engine, participant_id: UUID, *, undelivered: bool = False
) -> list[OpenMessage]:
    """What the candidate has not acknowledged yet, oldest first, of it the newest hundred.

    With `undelivered`, only what none of their pages has shown.
    """
    missing = Delivery.delivered_at if undelivered else Delivery.acknowledged_at
    query = (
        select(Message.id, Message.text, Message.sent_at)
        .join(Delivery)
        .where(Delivery.participant_id == participant_id, missing.is_(None))
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(NEWEST)
    )
    with database.connect() as connection:
        return [OpenMessage(*row) for row in connection.execute(query)][::-1]


def record_receipt(
    database: Engine, message_id: UUID, participant_id: UUID, *, acknowledged: bool
) -> Receipt | None:
    """The message has arrived, or was acknowledged; the first time counts. None when it was not for them."""
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
