"""How much of a request body is read: by route, and of all requests together."""

import logging

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Overloaded, ProblemError, TooLarge, error_response
from api.rare_log import RareLog
from api.refusals import FRAMES, count_refusal

log = logging.getLogger(__name__)

TOO_LARGE = "too_large"

SMALL_BODY_BYTES = 16 * 1024
"""The limit of every route but `/detect_faces`: a message of 500 characters, each escaped, takes 6 kB."""

ENVELOPE_BYTES = 64 * 1024
"""Room in a frame's request beside the picture."""

LARGEST_ENCODING = 3 / 2
"""How much base64 may add: a third, and 5 % more in lines of 76 with `\\r\\n`, as JSON writes line ends."""

SMALL_FRAME_BYTES = 256 * 1024
"""What the pages send is well below that, whatever the camera."""

LARGE_BODIES_BYTES = 64 * 1024**2
"""Memory for requests larger than `SMALL_FRAME_BYTES`, of all clients together."""

ALL_BODIES_BYTES = 2 * LARGE_BODIES_BYTES
"""Memory for all request bodies: large ones, however many and slow, leave half of it to the pages."""


class BodyLimit:
    """413 by `Content-Length` before anything is read, or as soon as an unannounced body grows too long.

    And 503 when the bodies of all requests together take too much memory. FastAPI's own `max_body_size`
    knows neither, and answers in plain text.
    """

    def __init__(self, app: ASGIApp, max_frame_bytes: int) -> None:
        self._app = app
        self._most_of_a_frame = int(max_frame_bytes * LARGEST_ENCODING) + ENVELOPE_BYTES
        self._held = 0
        self._log = RareLog(log)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most_of_a_frame if scope["path"] == FRAMES else SMALL_BODY_BYTES
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if announced.isdigit() and int(announced) > most:
            count_refusal(scope, TOO_LARGE)
            await error_response(TooLarge(_reason(most)))(scope, receive, send)
            return
        body = _Body(self, scope, receive, most)
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._held -= body.received

    def hold(self, new: int, received: int) -> None:
        """Count `new` bytes of a request that has sent `received` so far; raise a 503 beyond the limits."""
        self._held += new
        if self._held > (ALL_BODIES_BYTES if received <= SMALL_FRAME_BYTES else LARGE_BODIES_BYTES):
            self._log.warning("request bodies take too much memory: %d bytes; one was refused", self._held)
            raise _http_exception(
                Overloaded("the gateway is reading too many large requests; try again in a few seconds")
            )


class _Body:
    """The body of one request while it arrives."""

    __slots__ = ("_limit", "_most", "_receive", "_scope", "received")

    def __init__(self, limit: BodyLimit, scope: Scope, receive: Receive, most: int) -> None:
        self._limit = limit
        self._scope = scope
        self._receive = receive
        self._most = most
        self.received = 0

    async def receive(self) -> Message:
        message = await self._receive()
        if new := len(message.get("body", b"")):
            self.received += new
            self._limit.hold(new, self.received)
            if self.received > self._most:
                count_refusal(self._scope, TOO_LARGE)
                raise _http_exception(TooLarge(_reason(self._most)))
        return message


def _http_exception(error: ProblemError) -> HTTPException:
    """Wrap `error` in the one exception that FastAPI lets through while it reads a body."""
    wrapper = HTTPException(error.status, str(error))
    wrapper.__cause__ = error
    return wrapper


def _reason(most: int) -> str:
    return f"the body is too large; at most {most} bytes are taken here"
