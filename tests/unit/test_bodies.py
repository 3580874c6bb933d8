"""Memory limits for request bodies, and the limit of invalid requests by address."""

import asyncio

from anyio.from_thread import start_blocking_portal
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from api.auth.rate_limits import INVALID_BURST, InvalidRequests
from api.middleware.body_limit import (
    ALL_BODIES_BYTES,
    LARGE_BODIES_BYTES,
    SMALL_FRAME_BYTES,
    BodyLimit,
    BodyLimits,
)
from api.refusals import FRAMES


def scope(path: str = FRAMES, address: str = "203.0.113.7") -> Scope:
    return {"type": "http", "path": path, "headers": [], "client": (address, 1234)}


class Gateway:
    """Reads one message of each request and keeps the request open until `end` is set."""

    def __init__(self) -> None:
        self.limit = BodyLimit(self._read, BodyLimits(max_frame_bytes=2_000_000))
        self.end = asyncio.Event()

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        await receive()
        await self.end.wait()

    async def is_refused(self, size: int) -> bool:
        """Start a request of `size` bytes; return whether it is refused. Otherwise it stays open."""

        async def receive() -> Message:
            return {"type": "http.request", "body": bytes(size), "more_body": True}

        async def send(message: Message) -> None:
            del message

        request = asyncio.create_task(self.limit(scope(), receive, send))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if not request.done():
            return False
        error = request.exception()
        return isinstance(error, HTTPException) and error.status_code == 503


def test_large_bodies_leave_memory_for_small_ones() -> None:
    async def run() -> None:
        gateway, large = Gateway(), 2_000_000
        refused = [await gateway.is_refused(large) for _ in range(2 * LARGE_BODIES_BYTES // large)]
        assert refused[0] is False
        assert refused[-1] is True
        assert not await gateway.is_refused(SMALL_FRAME_BYTES)

        small = [
            await gateway.is_refused(SMALL_FRAME_BYTES) for _ in range(ALL_BODIES_BYTES // SMALL_FRAME_BYTES)
        ]
        assert small[-1] is True

        gateway.end.set()
        await asyncio.sleep(0.01)
        assert not await gateway.is_refused(large)

    with start_blocking_portal() as portal:
        portal.call(run)


def test_invalid_requests_are_limited_by_address() -> None:
    requests = InvalidRequests()
    flood, neighbour = Request(scope("/is_admin")), Request(scope("/is_admin", "203.0.113.8"))

    refused = [requests.refuse(flood) for _ in range(2 * INVALID_BURST)]

    assert refused[INVALID_BURST - 1] is None
    assert refused[-1] is not None
    assert requests.refuse(neighbour) is None
    assert requests.refuse(Request(scope(FRAMES))) is None
