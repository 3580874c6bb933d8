"""The gateway's side of an admin's connection."""

from collections.abc import Callable
from uuid import UUID, uuid4

from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter
from sqlalchemy import Engine

from api.live.connection import NOT_AUTHORISED, CloseConnection, Connection
from api.live.events import (
    AdminSignalled,
    CandidateSignalled,
    Event,
    KeyReplaced,
    Notice,
    Resubscribed,
    admins_address,
    candidate_address,
)
from api.live.hub import Hub
from api.live.protocol import (
    AdminSignal,
    ErrorMessage,
    FromAdmin,
    Looking,
    LookingNotice,
    Offer,
    Signal,
    SignalToCandidate,
    Stop,
    ViewNumber,
    is_about,
)
from shared.db.audit import Action, Actor, live_view_of, record_action
from shared.db.meetings import find_participant
from shared.db.tables import Role

MAX_WATCHED = 25


class AdminPeer:
    """Connect an admin with watched candidates of one meeting, and forward notices about messages."""

    incoming: TypeAdapter[FromAdmin] = TypeAdapter(FromAdmin)

    def __init__(
        self,
        hub: Hub,
        database: Engine,
        connection: Connection,
        meeting_id: UUID,
        check_key: Callable[[], None],
    ) -> None:
        """`check_key`, called in a worker thread, raises NotAuthorised unless the admin's key is valid."""
        self.viewer = uuid4()
        self._check_key = check_key
        self._hub = hub
        self._database = database
        self._connection = connection
        self._meeting_id = meeting_id
        self._watched: dict[UUID, ViewNumber] = {}
        self._is_looking = False

    async def on_disconnect(self) -> None:
        """End all views, and tell the other admins that this one has left."""
        if self._is_looking:
            await self._publish_looking(Looking(type="looking", participant_id=None))
        for participant_id, view in self._watched.items():
            await self._signal(participant_id, view, Stop())

    async def receive(self, message: SignalToCandidate | Looking) -> None:
        """Forward a signal to a candidate, or tell the other admins whose page is open here."""
        match message:
            case Looking():
                await self._publish_looking(message)
            case SignalToCandidate():
                await self._forward(message)

    async def _publish_looking(self, message: Looking) -> None:
        self._is_looking = message.participant_id is not None
        notice = LookingNotice(viewer=self.viewer, participant_id=message.participant_id, name=message.name)
        await self._hub.publish(admins_address(self._meeting_id), Notice(notice=notice))

    async def _forward(self, message: SignalToCandidate) -> None:
        """Forward a signal to a candidate; the first one must be an offer."""
        to, signal = message.to, message.signal
        if isinstance(signal, Offer):
            if len(self._watched.keys() - {to}) >= MAX_WATCHED:
                await self._connection.send(
                    ErrorMessage(detail=f"to: at most {MAX_WATCHED} candidates can be watched at once")
                )
                return
            if to not in self._watched and not await run_in_threadpool(self._record_view, to):
                # Not an error, which ends all views of a page: the candidate may have just been erased.
                stop = Signal(sender=to, view=message.view, signal=Stop(reason="offline"))
                await self._connection.send(stop)
                return
            self._watched[to] = message.view
        elif to not in self._watched:
            await self._connection.send(ErrorMessage(detail="to: you are not watching this participant"))
            return
        elif isinstance(signal, Stop):
            del self._watched[to]
        await self._signal(to, message.view, signal)

    async def handle(self, event: Event) -> None:
        """Forward a notice, or a signal of a watched candidate; close when the key is no longer valid."""
        match event:
            case Notice(notice=LookingNotice(viewer=viewer)) if viewer == self.viewer:
                pass
            case Notice():
                await self._connection.send(event.notice)
            case KeyReplaced():
                raise CloseConnection(NOT_AUTHORISED, "the meeting has a new admin key")
            case Resubscribed():
                await run_in_threadpool(self._check_key)
            case CandidateSignalled() if self._watches(event):
                if isinstance(event.signal, Stop):
                    del self._watched[event.participant_id]
                await self._connection.send(
                    Signal(sender=event.participant_id, view=event.view, signal=event.signal)
                )

    def _record_view(self, participant_id: UUID) -> bool:
        """Record the view before the camera is seen: none is missing in the audit log.

        Return False, and record nothing, if the meeting has no such candidate.
        """
        candidate = find_participant(self._database, participant_id)
        if candidate is None or (candidate.meeting_id, candidate.role) != (self._meeting_id, Role.CANDIDATE):
            return False
        record_action(
            self._database, self._meeting_id, Actor.ADMIN, Action.VIEWED, live_view_of(participant_id)
        )
        return True

    def _watches(self, event: CandidateSignalled) -> bool:
        candidate = event.participant_id
        return candidate in self._watched and is_about(event.view, self._watched[candidate])

    async def _signal(self, participant_id: UUID, view: ViewNumber, signal: AdminSignal) -> None:
        await self._hub.publish(
            candidate_address(self._meeting_id, participant_id),
            AdminSignalled(viewer=self.viewer, view=view, signal=signal),
        )
