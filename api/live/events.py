"""What gateways tell each other about the browsers connected to them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from api.live.protocol import AdminSignal, CandidateSignal, ReceiptNotice, SentNotice, ViewNumber


class NewMessage(BaseModel):
    """There may be messages in Postgres that the candidate has not got."""

    event: Literal["new_message"] = "new_message"


class Connected(BaseModel):
    """The candidate has come in by another connection, which from now on is theirs."""

    event: Literal["connected"] = "connected"
    connection: UUID


class Erased(BaseModel):
    """The candidate is no longer in the meeting, and their page has nothing more to do here."""

    event: Literal["erased"] = "erased"


class AdminSignalled(BaseModel):
    """To a candidate, from the admin whose connection is `viewer`."""

    event: Literal["admin_signalled"] = "admin_signalled"
    viewer: UUID
    view: ViewNumber = None
    signal: AdminSignal


class CandidateSignalled(BaseModel):
    """To an admin."""

    event: Literal["candidate_signalled"] = "candidate_signalled"
    participant_id: UUID
    view: ViewNumber = None
    signal: CandidateSignal


class Notice(BaseModel):
    """To admins, for their page as it is."""

    event: Literal["noticed"] = "noticed"
    notice: Annotated[SentNotice | ReceiptNotice, Field(discriminator="type")]


Event = NewMessage | Connected | Erased | AdminSignalled | CandidateSignalled | Notice

EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def candidate_address(meeting_id: UUID, participant_id: UUID) -> str:
    """One candidate, at whichever gateway."""
    return f"{meeting_id}/candidates/{participant_id}"


def candidates_address(meeting_id: UUID) -> str:
    """Every candidate of the meeting."""
    return f"{meeting_id}/candidates"


def viewer_address(meeting_id: UUID, viewer: UUID) -> str:
    """One connection of an admin. With the meeting in it, no address leads from one meeting to another."""
    return f"{meeting_id}/admins/{viewer}"


def admins_address(meeting_id: UUID) -> str:
    """Every admin of the meeting."""
    return f"{meeting_id}/admins"
