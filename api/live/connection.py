"""A browser's WebSocket, with limits of size and rate for what it sends."""

import asyncio
from typing import NoReturn, Protocol, TypeVar

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError

from api.auth.rate_limits import TokenBucket
from api.input.json_structure import MAX_COMMAS, is_too_complex
from api.input.validation_errors import describe
from api.live.events import Event
from api.live.protocol import ErrorMessage, ToBrowser

MAX_MESSAGE_CHARS = 32_768
PER_SECOND = 10
BURST = 200
"""A view starts with an offer and dozens of ICE candidates, all at once."""

MAX_QUEUED_EVENTS = 500

NOT_UNDERSTOOD = 4400
NOT_AUTHORISED = 4401
NOT_FOUND = 4404
REPLACED = 4409
TOO_FAST = 4429
TOO_LARGE = 1009
TRY_AGAIN = 1013


class CloseConnection(Exception):
    """Raised to close the connection; the message is the reason sent to the browser."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


Incoming = TypeVar("Incoming")


class Peer(Protocol[Incoming]):
    """The gateway's side of a connection: reacts to the browser's messages and to events."""

    incoming: TypeAdapter[Incoming]

    async def receive(self, message: Incoming) -> None:
        """Do what the browser asks for."""

    async def handle(self, event: Event) -> None:
        """Inform the browser of an event, if it concerns it."""


class Connection:
    """An accepted WebSocket, with a queue of events for its browser."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._bucket = TokenBucket(PER_SECOND, BURST)
        self._events: asyncio.Queue[Event] = asyncio.Queue(MAX_QUEUED_EVENTS)
        self._overflowed = False

    def enqueue(self, event: Event) -> None:
        """Add an event without waiting; if the queue is full, the connection will be closed."""
        if self._events.full():
            self._overflowed = True
        else:
            self._events.put_nowait(event)

    async def receive(self) -> str:
        """Return the next text message; raise CloseConnection or WebSocketDisconnect."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        text = message.get("text")
        if not isinstance(text, str):
            raise CloseConnection(NOT_UNDERSTOOD, "send text, not bytes")
        if len(text) > MAX_MESSAGE_CHARS:
            raise CloseConnection(TOO_LARGE, f"a message has at most {MAX_MESSAGE_CHARS} characters")
        if is_too_complex(text):
            raise CloseConnection(TOO_LARGE, f"a message has at most {MAX_COMMAS} elements")
        if not self._bucket.take():
            raise CloseConnection(TOO_FAST, f"at most {PER_SECOND} messages a second")
        return text

    async def send(self, message: ToBrowser) -> None:
        """Send a message to the browser."""
        await self._websocket.send_text(message.model_dump_json(by_alias=True))

    async def serve(self, peer: Peer[Incoming]) -> None:
        """Pass messages and events to `peer` until an exception ends the connection."""
        tasks = [
            asyncio.create_task(self._receive_messages(peer)),
            asyncio.create_task(self._handle_events(peer)),
        ]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await ended.pop()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive_messages(self, peer: Peer[Incoming]) -> NoReturn:
        while True:
            text = await self.receive()
            try:
                message = peer.incoming.validate_json(text, strict=True)
            except ValidationError as error:
                await self.send(ErrorMessage(detail=explain(error)))
            else:
                await peer.receive(message)

    async def _handle_events(self, peer: Peer[Incoming]) -> NoReturn:
        while True:
            event = await self._events.get()
            if self._overflowed:
                raise CloseConnection(TRY_AGAIN, "the connection is too slow; connect again")
            await peer.handle(event)


def explain(error: ValidationError) -> str:
    """Describe the errors of a message, without its content, which may be a key."""
    return "; ".join(map(str, describe(error.errors(include_input=False))))[:500]
