"""An admin at the other end of the line."""

from uuid import UUID, uuid4

from pydantic import TypeAdapter

from api.live.event import AdminSignalled, CandidateSignalled, Event, Noticed, candidate_address
from api.live.hub import Hub
from api.live.line import Line
from api.live.protocol import AdminSignal, FromAdmin, Offer, Signal, SignalToCandidate, Stop, Trouble

MOST_WATCHED = 25


class AdminSide:
    """Watches candidates of one meeting, and hears how far messages have come."""

    said: TypeAdapter[FromAdmin] = TypeAdapter(FromAdmin)

    def __init__(self, hub: Hub, line: Line, meeting_id: UUID) -> None:
        self.viewer = uuid4()
        self._hub = hub
        self._line = line
        self._meeting_id = meeting_id
        self._watched: set[UUID] = set()

    async def leave(self) -> None:
        """Watches nobody any more."""
        for participant_id in self._watched:
            await self._signal(participant_id, Stop())

    async def take(self, message: SignalToCandidate) -> None:
        """A signal; the first one to a candidate has to be an offer."""
        to, signal = message.to, message.signal
        if isinstance(signal, Offer):
            if len(self._watched - {to}) >= MOST_WATCHED:
                await self._line.send(Trouble(detail=f"to: at most {MOST_WATCHED} can be watched at once"))
                return
            self._watched.add(to)
        elif to not in self._watched:
            await self._line.send(Trouble(detail="to: you are not watching this participant"))
            return
        elif isinstance(signal, Stop):
            self._watched.discard(to)
        await self._signal(to, signal)

    async def hear(self, event: Event) -> None:
        """A notice, or a signal of somebody who is being watched."""
        match event:
            case Noticed():
                await self._line.send(event.notice)
            case CandidateSignalled() if event.participant_id in self._watched:
                if isinstance(event.signal, Stop):
                    self._watched.discard(event.participant_id)
                await self._line.send(Signal(sender=event.participant_id, signal=event.signal))

    async def _signal(self, participant_id: UUID, signal: AdminSignal) -> None:
        await self._hub.tell(
            candidate_address(self._meeting_id, participant_id),
            AdminSignalled(viewer=self.viewer, signal=signal),
        )
