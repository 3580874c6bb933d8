"""The messages between browsers and the gateway over the WebSocket; docs/live.md explains them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic.alias_generators import to_camel

MAX_SDP_CHARS = 16_384
MAX_NAME_CHARS = 100


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Sdp = Annotated[str, StringConstraints(min_length=1, max_length=MAX_SDP_CHARS)]


class Offer(_Message):
    """An admin asks to see the candidate's camera."""

    type: Literal["offer"]
    sdp: Sdp


class Answer(_Message):
    """The candidate's page accepts the offer."""

    type: Literal["answer"]
    sdp: Sdp


class IceCandidate(_Message):
    """The result of `RTCIceCandidate.toJSON()`."""

    model_config = ConfigDict(alias_generator=to_camel)

    candidate: str = Field(max_length=1_024)
    sdp_mid: str | None = Field(None, max_length=64)
    sdp_m_line_index: int | None = Field(None, ge=0, le=255)
    username_fragment: str | None = Field(None, max_length=256)


class Ice(_Message):
    """An ICE candidate of the sender; null after the last."""

    type: Literal["ice"]
    candidate: IceCandidate | None


class Stop(_Message):
    """The view has ended: by either peer, for too many viewers, or without a candidate or a camera."""

    type: Literal["stop"] = "stop"
    reason: Literal["ended", "full", "offline", "no_camera"] = "ended"


AdminSignal = Annotated[Offer | Ice | Stop, Field(discriminator="type")]
CandidateSignal = Annotated[Answer | Ice | Stop, Field(discriminator="type")]


ViewNumber = Annotated[int, Field(ge=0, lt=2**31)] | None
"""An admin's page numbers its views; pages of older releases send null."""


def is_about(view: ViewNumber, current: ViewNumber) -> bool:
    """Return whether a candidate's signal belongs to the current view, not to an earlier one."""
    return view is None or view == current


class Hello(_Message):
    """The browser's first message: a candidate's token or the admin key."""

    type: Literal["hello"]
    credentials: str = Field(max_length=4_096)


class SignalToCandidate(_Message):
    """From an admin; `to` is a participant's id."""

    type: Literal["signal"]
    to: UUID
    view: ViewNumber = None
    signal: AdminSignal


class Looking(_Message):
    """From an admin, every ten seconds: whose page is open; null when it is closed."""

    type: Literal["looking"]
    participant_id: UUID | None
    name: str | None = Field(None, max_length=MAX_NAME_CHARS)
    """What the admin calls themselves."""


class SignalToAdmin(_Message):
    """From a candidate; `to` is the id of the viewer who made the offer, `view` the offer's."""

    type: Literal["signal"]
    to: UUID
    view: ViewNumber = None
    signal: CandidateSignal


class Receipt(_Message):
    """The candidate's page shows the message, or the candidate has acknowledged it."""

    type: Literal["receipt"]
    id: UUID
    acknowledged: bool


FromAdmin = Annotated[SignalToCandidate | Looking, Field(discriminator="type")]
FromCandidate = Annotated[SignalToAdmin | Receipt, Field(discriminator="type")]


class IceServer(_Message):
    """A STUN or TURN server, in the format of `RTCConfiguration.iceServers`."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class Welcome(_Message):
    """The credentials are accepted."""

    type: Literal["welcome"] = "welcome"
    role: Literal["admin", "candidate"]
    ice_servers: tuple[IceServer, ...]


class Signal(_Message):
    """A signal from the other peer of a view: from an admin to a candidate, or the reverse."""

    type: Literal["signal"] = "signal"
    sender: UUID = Field(alias="from")
    view: ViewNumber = None
    signal: AdminSignal | CandidateSignal


class ViewerCount(_Message):
    """How many invigilators are watching the candidate live."""

    type: Literal["watched"] = "watched"
    viewers: int


class Message(_Message):
    """A message from an admin to the candidate."""

    type: Literal["message"] = "message"
    id: UUID
    text: str
    sent_at: datetime


class SentNotice(_Message):
    """To admins: one of them has sent a message; a null `participant_id` means to all."""

    type: Literal["sent"] = "sent"
    id: UUID
    participant_id: UUID | None
    text: str
    sent_at: datetime
    recipients: int


class ReceiptNotice(_Message):
    """To admins: whether a candidate has received and acknowledged a message."""

    type: Literal["receipt"] = "receipt"
    id: UUID
    participant_id: UUID
    delivered_at: datetime | None
    acknowledged_at: datetime | None


class LookingNotice(_Message):
    """To other admins: one of them has a candidate's page open; forget it after 30 s without another."""

    type: Literal["looking"] = "looking"
    viewer: UUID
    participant_id: UUID | None
    name: str | None


class ErrorMessage(_Message):
    """The last message was refused."""

    type: Literal["error"] = "error"
    detail: str


ToBrowser = Annotated[
    Welcome | Signal | ViewerCount | Message | SentNotice | ReceiptNotice | LookingNotice | ErrorMessage,
    Field(discriminator="type"),
]

MESSAGE_TYPES: dict[str, TypeAdapter[Any]] = {
    "MessageToBrowser": TypeAdapter(ToBrowser),
    "MessageToGateway": TypeAdapter(Hello | FromAdmin | FromCandidate),
}
"""For the OpenAPI document, from which the pages' types are generated."""
