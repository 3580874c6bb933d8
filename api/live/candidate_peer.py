"""The gateway's side of a candidate's connection."""

from uuid import UUID, uuid4

from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter
from sqlalchemy import Engine

from api.auth.tokens import Bearer
from api.live.connection import NOT_FOUND, REPLACED, CloseConnection, Connection
from api.live.delivery import give_receipt
from api.live.events import (
    AdminSignalled,
    CandidateSignalled,
    Connected,
    Erased,
    Event,
    NewMessage,
    Resubscribed,
    candidate_address,
    viewer_address,
)
from api.live.hub import Hub
from api.live.protocol import (
    CandidateSignal,
    ErrorMessage,
    FromCandidate,
    Message,
    Offer,
    Receipt,
    Signal,
    SignalToAdmin,
    Stop,
    ViewerCount,
    ViewNumber,
    is_about,
)
from shared.db.meetings import find_participant
from shared.db.messages import list_open_messages

MAX_VIEWERS = 3
"""Each viewer is another stream over the candidate's uplink, which the exam needs too."""

ERASED = "the candidate was erased from the meeting"


class CandidatePeer:
    """Send messages to a candidate, record receipts, and connect viewers with the camera."""

    incoming: TypeAdapter[FromCandidate] = TypeAdapter(FromCandidate)

    def __init__(self, hub: Hub, database: Engine, connection: Connection, candidate: Bearer) -> None:
        self._hub = hub
        self._database = database
        self._connection = connection
        self._candidate = candidate
        self._connection_id = uuid4()
        self._is_current = False
        self._sent: set[UUID] = set()
        self._viewers: dict[UUID, ViewNumber] = {}

    def require_participant(self) -> None:
        """Close the connection of an erased candidate. Call it in a worker thread, while listening."""
        if find_participant(self._database, self._candidate.participant_id) is None:
            raise CloseConnection(NOT_FOUND, ERASED)

    async def on_connect(self) -> None:
        """Close the candidate's older connections, and send the messages they have missed."""
        address = candidate_address(self._candidate.meeting_id, self._candidate.participant_id)
        await self._hub.publish(address, Connected(connection=self._connection_id))
        await self._send_messages()

    async def on_disconnect(self) -> None:
        """End all views."""
        for viewer, view in self._viewers.items():
            await self._signal(viewer, view, Stop(reason="offline"))

    async def receive(self, message: SignalToAdmin | Receipt) -> None:
        """Record a receipt, or forward a signal to a viewer."""
        match message:
            case Receipt():
                await self._record_receipt(message)
            case SignalToAdmin() if message.to in self._viewers:
                await self._forward_to_viewer(message)
            case _:
                await self._connection.send(ErrorMessage(detail="to: there is no such viewer"))

    async def _forward_to_viewer(self, message: SignalToAdmin) -> None:
        if not is_about(message.view, self._viewers[message.to]):
            return
        if isinstance(message.signal, Stop):
            await self._remove_viewer(message.to)
        await self._signal(message.to, message.view, message.signal)

    async def handle(self, event: Event) -> None:
        """Send new messages, forward a signal, or close a connection that was replaced."""
        match event:
            case NewMessage():
                await self._send_messages()
            case Resubscribed():
                await run_in_threadpool(self.require_participant)
                await self._send_messages()
            case Connected():
                # Events received before our own `Connected` are from older connections.
                if event.connection == self._connection_id:
                    self._is_current = True
                elif self._is_current:
                    raise CloseConnection(REPLACED, "the exam was opened in another window")
            case Erased():
                raise CloseConnection(NOT_FOUND, ERASED)
            case AdminSignalled():
                await self._forward_to_candidate(event)

    async def _forward_to_candidate(self, event: AdminSignalled) -> None:
        if isinstance(event.signal, Offer):
            if len(self._viewers.keys() - {event.viewer}) >= MAX_VIEWERS:
                await self._signal(event.viewer, event.view, Stop(reason="full"))
                return
            self._viewers[event.viewer] = event.view
            # Before the offer: candidates must know that they are watched.
            await self._connection.send(ViewerCount(viewers=len(self._viewers)))
        if event.viewer not in self._viewers:
            return
        await self._connection.send(Signal(sender=event.viewer, view=event.view, signal=event.signal))
        if isinstance(event.signal, Stop):
            await self._remove_viewer(event.viewer)

    async def _remove_viewer(self, viewer: UUID) -> None:
        self._viewers.pop(viewer, None)
        await self._connection.send(ViewerCount(viewers=len(self._viewers)))

    async def _signal(self, viewer: UUID, view: ViewNumber, signal: CandidateSignal) -> None:
        await self._hub.publish(
            viewer_address(self._candidate.meeting_id, viewer),
            CandidateSignalled(participant_id=self._candidate.participant_id, view=view, signal=signal),
        )

    async def _send_messages(self) -> None:
        messages = await run_in_threadpool(list_open_messages, self._database, self._candidate.participant_id)
        for message in messages:
            if message.id not in self._sent:
                self._sent.add(message.id)
                await self._connection.send(
                    Message(id=message.id, text=message.text, sent_at=message.sent_at)
                )

    async def _record_receipt(self, receipt: Receipt) -> None:
        found = await give_receipt(
            self._hub, self._database, self._candidate, receipt.id, acknowledged=receipt.acknowledged
        )
        if not found:
            await self._connection.send(ErrorMessage(detail="id: there is no such message to you"))
