"""Events between gateways about the browsers connected to them, and the addresses they are sent to."""

from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from api.live.protocol import (
    AdminSignal,
    CandidateSignal,
    LookingNotice,
    ReceiptNotice,
    SentNotice,
    ViewNumber,
)


class NewMessage(BaseModel):
    """There may be messages in Postgres that the candidate has not received."""

    event: Literal["new_message"] = "new_message"


class Resubscribed(BaseModel):
    """This gateway lost its subscription for a while: events may have been missed. Never published."""

    event: Literal["resubscribed"] = "resubscribed"


class Connected(BaseModel):
    """The candidate has opened another connection, which replaces older ones."""

    event: Literal["connected"] = "connected"
    connection: UUID


class Erased(BaseModel):
    """The candidate was erased from the meeting: close their connection."""

    event: Literal["erased"] = "erased"


class KeyReplaced(BaseModel):
    """The meeting has a new admin key: close the connections of the old one."""

    event: Literal["key_replaced"] = "key_replaced"


class AdminSignalled(BaseModel):
    """A signal to a candidate, from the admin's connection `viewer`."""

    event: Literal["admin_signalled"] = "admin_signalled"
    viewer: UUID
    view: ViewNumber = None
    signal: AdminSignal


class CandidateSignalled(BaseModel):
    """A signal from a candidate to an admin."""

    event: Literal["candidate_signalled"] = "candidate_signalled"
    participant_id: UUID
    view: ViewNumber = None
    signal: CandidateSignal


class Notice(BaseModel):
    """A notice to admins, sent to their pages unchanged."""

    event: Literal["noticed"] = "noticed"
    notice: Annotated[SentNotice | ReceiptNotice | LookingNotice, Field(discriminator="type")]


PublishedEvent = NewMessage | Connected | Erased | KeyReplaced | AdminSignalled | CandidateSignalled | Notice
Event = PublishedEvent | Resubscribed

EVENT: TypeAdapter[PublishedEvent] = TypeAdapter(Annotated[PublishedEvent, Field(discriminator="event")])


class Address(NamedTuple):
    """Connections of one meeting, at any gateway."""

    meeting_id: UUID
    path: str

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.path}"


def candidate_address(meeting_id: UUID, participant_id: UUID) -> Address:
    """Return the address of all connections of one candidate."""
    return Address(meeting_id, f"candidates/{participant_id}")


def candidates_address(meeting_id: UUID) -> Address:
    """Return the address of all candidates of the meeting."""
    return Address(meeting_id, "candidates")


def viewer_address(meeting_id: UUID, viewer: UUID) -> Address:
    """Return the address of one admin connection; it includes the meeting, so that none crosses meetings."""
    return Address(meeting_id, f"admins/{viewer}")


def admins_address(meeting_id: UUID) -> Address:
    """Return the address of all admins of the meeting."""
    return Address(meeting_id, "admins")
