"""Limit request bodies: the size of each, by route, and the memory of all together."""

import logging
from typing import Self

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Overloaded, ProblemError, TooLarge
from api.problem import error_response
from api.rare_log import RareLog
from api.refusals import FRAMES, count_refusal, refusal_reason

log = logging.getLogger(__name__)

SMALL_BODY_BYTES = 16 * 1024
"""The limit of all routes except `/detect_faces`: a message of 500 characters, all escaped, takes 6 kB."""

ENVELOPE_BYTES = 64 * 1024
"""For everything in a frame's request except the picture."""

MAX_ENCODING_FACTOR = 3 / 2
"""Growth by base64: a third, and 5 % more in lines of 76 that end with JSON's `\\r\\n`."""

SMALL_FRAME_BYTES = 256 * 1024
"""The pages send less, whatever the camera."""

LARGE_BODIES_BYTES = 64 * 1024**2
"""Memory for the bodies larger than `SMALL_FRAME_BYTES`, of all clients together."""

ALL_BODIES_BYTES = 2 * LARGE_BODIES_BYTES
"""Memory for all bodies: large ones can take half of it, the rest stays free for the pages."""


class BodyLimits:
    """What the bodies of all requests may take.

    A body that is too large is refused with 413, by `Content-Length` before reading or else while reading. If
    the bodies of all requests together take too much memory, it is refused with 503. FastAPI's own
    `max_body_size` has one limit for all routes, and answers in plain text.
    """

    def __init__(self, max_frame_bytes: int) -> None:
        self._max_frame_body = int(max_frame_bytes * MAX_ENCODING_FACTOR) + ENVELOPE_BYTES
        self._memory_bytes = 0
        self._log = RareLog(log)

    def refuse(self, scope: Scope) -> Response | None:
        """Return the response to a request that announces too large a body."""
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        max_bytes = self._max_bytes(scope)
        if not announced.isdigit() or int(announced) <= max_bytes:
            return None
        error = _too_large(max_bytes)
        count_refusal(scope, refusal_reason(error))
        return error_response(error)

    def limit(self, scope: Scope, receive: Receive) -> "LimitedBody":
        """Return the body of a request, to be read with its `receive`."""
        return LimitedBody(self, receive, self._max_bytes(scope))

    def count_received(self, new: int, received: int) -> None:
        """Count `new` bytes of a request that has sent `received` so far; raise a 503 above the limits."""
        self._memory_bytes += new
        if self._memory_bytes > (ALL_BODIES_BYTES if received <= SMALL_FRAME_BYTES else LARGE_BODIES_BYTES):
            self._log.warning("memory limit of request bodies reached: %d bytes", self._memory_bytes)
            raise _http_exception(
                Overloaded("the gateway is receiving too many large requests; try again in a few seconds")
            )

    def forget_received(self, received: int) -> None:
        """Stop counting a request that has ended."""
        self._memory_bytes -= received

    def _max_bytes(self, scope: Scope) -> int:
        return self._max_frame_body if scope["path"] == FRAMES else SMALL_BODY_BYTES


class LimitedBody:
    """The body of one request while it arrives; a context that lasts as long as the request."""

    __slots__ = ("_limits", "_max_bytes", "_receive", "_received")

    def __init__(self, limits: BodyLimits, receive: Receive, max_bytes: int) -> None:
        self._limits = limits
        self._receive = receive
        self._max_bytes = max_bytes
        self._received = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._limits.forget_received(self._received)

    async def receive(self) -> Message:
        """Return the next message, or raise the error of a limit."""
        message = await self._receive()
        if new := len(message.get("body", b"")):
            self._received += new
            self._limits.count_received(new, self._received)
            if self._received > self._max_bytes:
                raise _http_exception(_too_large(self._max_bytes))
        return message


class BodyLimit:
    """Apply the limits to requests."""

    def __init__(self, app: ASGIApp, limits: BodyLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if its body is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif refusal := self._limits.refuse(scope):
            await refusal(scope, receive, send)
        else:
            with self._limits.limit(scope, receive) as body:
                await self._app(scope, body.receive, send)


def _http_exception(error: ProblemError) -> HTTPException:
    """Wrap `error` in the only exception that FastAPI does not replace while it reads a body."""
    wrapper = HTTPException(error.status, str(error))
    wrapper.__cause__ = error
    return wrapper


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"the body is too large; at most {max_bytes} bytes are accepted here")
