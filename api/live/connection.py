"""One browser's WebSocket: what it says, bounded in size and pace, and what it is told."""

import asyncio
from typing import NoReturn, Protocol, TypeVar

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError

from api.auth.rate_limits import TokenBucket
from api.input.json_structure import MOST_COMMAS, is_too_complex
from api.input.validation_errors import describe
from api.live.events import Event
from api.live.protocol import ErrorMessage, ToBrowser

LONGEST_MESSAGE = 32_768
PER_SECOND = 10
BURST = 200
"""A view begins with an offer and some dozen ways to reach each peer, all at once."""

MOST_EVENTS = 500

NOT_UNDERSTOOD = 4400
NOT_AUTHORISED = 4401
NOT_FOUND = 4404
REPLACED = 4409
TOO_FAST = 4429
TOO_LARGE = 1009
TRY_AGAIN = 1013


class CloseConnection(Exception):
    """The gateway ends the connection; the message is the reason the browser gets."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


Incoming = TypeVar("Incoming")


class Peer(Protocol[Incoming]):
    """Who is at the other end of the line."""

    incoming: TypeAdapter[Incoming]

    async def receive(self, message: Incoming) -> None:
        """Does what the browser asks for."""

    async def handle(self, event: Event) -> None:
        """Tells the browser, where it concerns it."""


class Connection:
    """A WebSocket that was accepted."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._bucket = TokenBucket(PER_SECOND, BURST)
        self._events: asyncio.Queue[Event] = asyncio.Queue(MOST_EVENTS)
        self._lost_one = False

    def enqueue(self, event: Event) -> None:
        """Somebody elsewhere has news for this browser; never waits."""
        if self._events.full():
            self._lost_one = True
        else:
            self._events.put_nowait(event)

    async def receive(self) -> str:
        """The next text; raises CloseConnection or WebSocketDisconnect."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        text = message.get("text")
        if not isinstance(text, str):
            raise CloseConnection(NOT_UNDERSTOOD, "send text, not bytes")
        if len(text) > LONGEST_MESSAGE:
            raise CloseConnection(TOO_LARGE, f"a message has at most {LONGEST_MESSAGE} characters")
        if is_too_complex(text):
            raise CloseConnection(TOO_LARGE, f"a message has at most {MOST_COMMAS} elements")
        if not self._bucket.take():
            raise CloseConnection(TOO_FAST, f"at most {PER_SECOND} messages a second")
        return text

    async def send(self, message: ToBrowser) -> None:
        """Tells the browser."""
        await self._websocket.send_text(message.model_dump_json(by_alias=True))

    async def serve(self, peer: Peer[Incoming]) -> None:
        """Connects the browser and the peer until one of them ends it, by an exception."""
        both = [asyncio.create_task(self._read(peer)), asyncio.create_task(self._hear(peer))]
        try:
            ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            await ended.pop()
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _read(self, peer: Peer[Incoming]) -> NoReturn:
        while True:
            text = await self.receive()
            try:
                message = peer.incoming.validate_json(text, strict=True)
            except ValidationError as error:
                await self.send(ErrorMessage(detail=explain(error)))
            else:
                await peer.receive(message)

    async def _hear(self, peer: Peer[Incoming]) -> NoReturn:
        while True:
            event = await self._events.get()
            if self._lost_one:
                raise CloseConnection(TRY_AGAIN, "too slow to follow; connect again")
            await peer.handle(event)


def explain(error: ValidationError) -> str:
    """Where a message is wrong and why, without repeating what may be a key."""
    return "; ".join(map(str, describe(error.errors(include_input=False))))[:500]
