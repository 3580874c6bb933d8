"""A candidate at the other end of the line."""

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
from shared.db.messages import list_open_messages

MOST_VIEWERS = 3
"""Each one more is another stream over the candidate's uplink, which the exam needs too."""


class CandidatePeer:
    """Gets messages, gives receipts, and is seen by those admins only who have asked."""

    incoming: TypeAdapter[FromCandidate] = TypeAdapter(FromCandidate)

    def __init__(self, hub: Hub, database: Engine, connection: Connection, who: Bearer) -> None:
        self._hub = hub
        self._database = database
        self._connection = connection
        self._who = who
        self._connection_id = uuid4()
        self._is_theirs = False
        self._sent: set[UUID] = set()
        self._viewers: dict[UUID, ViewNumber] = {}

    async def on_connect(self) -> None:
        """Ends the candidate's older connections, and sends what they have missed."""
        address = candidate_address(self._who.meeting_id, self._who.participant_id)
        await self._hub.publish(address, Connected(connection=self._connection_id))
        await self._send_messages()

    async def on_disconnect(self) -> None:
        """Nobody sees the candidate any more."""
        for viewer, view in self._viewers.items():
            await self._signal(viewer, view, Stop(reason="offline"))

    async def receive(self, message: SignalToAdmin | Receipt) -> None:
        """A receipt, or a signal to somebody who is watching."""
        match message:
            case Receipt():
                await self._record(message)
            case SignalToAdmin() if message.to in self._viewers:
                await self._answer(message)
            case _:
                await self._connection.send(ErrorMessage(detail="to: nobody of this id is watching"))

    async def _answer(self, message: SignalToAdmin) -> None:
        if not is_about(message.view, self._viewers[message.to]):
            return
        if isinstance(message.signal, Stop):
            await self._forget(message.to)
        await self._signal(message.to, message.view, message.signal)

    async def handle(self, event: Event) -> None:
        """A message, a signal, or another connection of the same candidate."""
        match event:
            case NewMessage():
                await self._send_messages()
            case Connected():
                # What comes before the news of our own arrival is about connections older than this one.
                if event.connection == self._connection_id:
                    self._is_theirs = True
                elif self._is_theirs:
                    raise CloseConnection(REPLACED, "the exam was opened in another window")
            case Erased():
                raise CloseConnection(NOT_FOUND, "the candidate was erased from the meeting")
            case AdminSignalled():
                await self._signalled(event)

    async def _signalled(self, event: AdminSignalled) -> None:
        if isinstance(event.signal, Offer):
            if len(self._viewers.keys() - {event.viewer}) >= MOST_VIEWERS:
                await self._signal(event.viewer, event.view, Stop(reason="full"))
                return
            self._viewers[event.viewer] = event.view
            # Before the offer: nobody is seen before they are told.
            await self._connection.send(ViewerCount(viewers=len(self._viewers)))
        if event.viewer not in self._viewers:
            return
        await self._connection.send(Signal(sender=event.viewer, view=event.view, signal=event.signal))
        if isinstance(event.signal, Stop):
            await self._forget(event.viewer)

    async def _forget(self, viewer: UUID) -> None:
        self._viewers.pop(viewer, None)
        await self._connection.send(ViewerCount(viewers=len(self._viewers)))

    async def _signal(self, viewer: UUID, view: ViewNumber, signal: CandidateSignal) -> None:
        await self._hub.publish(
            viewer_address(self._who.meeting_id, viewer),
            CandidateSignalled(participant_id=self._who.participant_id, view=view, signal=signal),
        )

    async def _send_messages(self) -> None:
        for message in await run_in_threadpool(list_open_messages, self._database, self._who.participant_id):
            if message.id not in self._sent:
                self._sent.add(message.id)
                await self._connection.send(
                    Message(id=message.id, text=message.text, sent_at=message.sent_at)
                )

    async def _record(self, given: Receipt) -> None:
        is_theirs = await give_receipt(
            self._hub, self._database, self._who, given.id, acknowledged=given.acknowledged
        )
        if not is_theirs:
            await self._connection.send(ErrorMessage(detail="id: there is no such message to you"))
