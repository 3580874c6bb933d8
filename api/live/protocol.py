"""What browsers and the gateway say to each other over the WebSocket; docs/live.md explains it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

LONGEST_SDP = 16_384


class _Said(BaseModel):
    """Nothing but what is named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Sdp = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_SDP)]


class Offer(_Said):
    """An admin would like to see the candidate's camera."""

    type: Literal["offer"]
    sdp: Sdp


class Answer(_Said):
    """The candidate's page shows it."""

    type: Literal["answer"]
    sdp: Sdp


class IceCandidate(_Said):
    """What `RTCIceCandidate.toJSON()` gives."""

    model_config = ConfigDict(alias_generator=to_camel)

    candidate: str = Field(max_length=1_024)
    sdp_mid: str | None = Field(None, max_length=64)
    sdp_m_line_index: int | None = Field(None, ge=0, le=255)
    username_fragment: str | None = Field(None, max_length=256)


class Ice(_Said):
    """A way to reach the sender; None after the last."""

    type: Literal["ice"]
    candidate: IceCandidate | None


class Stop(_Said):
    """The view is over: ended by either peer, too many viewers, or no candidate or camera there."""

    type: Literal["stop"] = "stop"
    reason: Literal["ended", "full", "offline", "no_camera"] = "ended"


AdminSignal = Annotated[Offer | Ice | Stop, Field(discriminator="type")]
CandidateSignal = Annotated[Answer | Ice | Stop, Field(discriminator="type")]


ViewNumber = Annotated[int, Field(ge=0, lt=2**31)] | None
"""An admin's page numbers the views that it asks for; a page from before there were numbers says none."""


def is_about(said: ViewNumber, current: ViewNumber) -> bool:
    """Whether a candidate's signal is about the view that is open now, and not about the one before."""
    return said is None or said == current


class Hello(_Said):
    """The first thing a browser says: a candidate's token or the admin key."""

    type: Literal["hello"]
    credentials: str = Field(max_length=4_096)


class SignalToCandidate(_Said):
    """From an admin; `to` is a participant's id."""

    type: Literal["signal"]
    to: UUID
    view: ViewNumber = None
    signal: AdminSignal


class SignalToAdmin(_Said):
    """From a candidate; `to` is the id of the viewer who made the offer, `view` the offer's."""

    type: Literal["signal"]
    to: UUID
    view: ViewNumber = None
    signal: CandidateSignal


class ReceiptGiven(_Said):
    """The candidate's page shows the message, or the candidate has acknowledged it."""

    type: Literal["receipt"]
    id: UUID
    acknowledged: bool


FromAdmin = SignalToCandidate
FromCandidate = Annotated[SignalToAdmin | ReceiptGiven, Field(discriminator="type")]


class IceServer(_Said):
    """A STUN or TURN server, as `RTCConfiguration.iceServers` wants it."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class Welcome(_Said):
    """The credentials are good."""

    type: Literal["welcome"] = "welcome"
    role: Literal["admin", "candidate"]
    ice_servers: tuple[IceServer, ...]


class Signal(_Said):
    """From the other peer of a view: from a viewer to a candidate, from a participant to an admin."""

    type: Literal["signal"] = "signal"
    sender: UUID = Field(alias="from")
    view: ViewNumber = None
    signal: AdminSignal | CandidateSignal


class Watched(_Said):
    """How many invigilators see the candidate live now."""

    type: Literal["watched"] = "watched"
    viewers: int


class Message(_Said):
    """An admin says something to the candidate."""

    type: Literal["message"] = "message"
    id: UUID
    text: str
    sent_at: datetime


class Sent(_Said):
    """To admins: one of them has sent a message; `participant_id` None means to all."""

    type: Literal["sent"] = "sent"
    id: UUID
    participant_id: UUID | None
    text: str
    sent_at: datetime
    recipients: int


class ReceiptNotice(_Said):
    """To admins: how far a message has come with a candidate."""

    type: Literal["receipt"] = "receipt"
    id: UUID
    participant_id: UUID
    delivered_at: datetime | None
    acknowledged_at: datetime | None


class ErrorMessage(_Said):
    """What was said last was not done."""

    type: Literal["error"] = "error"
    detail: str


ToBrowser = Welcome | Signal | Watched | Message | Sent | ReceiptNotice | ErrorMessage
