"""uvicorn's HTTP protocol with the limits it lacks: time-outs, size of the head, number of connections."""

import asyncio
import logging
from functools import lru_cache
from http import HTTPStatus
from weakref import WeakKeyDictionary

from starlette.responses import Response
from uvicorn.server import ServerState

from api.auth.client_address import group_address
from api.errors import Overloaded
from api.problem import error_response, problem_response
from api.rare_log import RareLog
from api.server.http_upgrade import UpgradeProtocol
from api.server.light import LightEvent, use_less_memory
from api.server.open_connections import OpenConnections

log = logging.getLogger(__name__)
rare_log = RareLog(log)

HEAD_SECONDS = 10
BODY_SECONDS = 30
"""A frame of 100 kB needs 27 kbit/s to arrive in time."""

UNREAD_SECONDS = 30
"""How long a client may stop reading a response."""

CHECK_SECONDS = 5
RETRY_SECONDS = 5
MAX_HEAD_BYTES = 64 * 1024

_open: WeakKeyDictionary[ServerState, OpenConnections] = WeakKeyDictionary()


class HttpProtocol(UpgradeProtocol):
    """One client connection."""

    # Not in `__dict__`, which with more than 30 names takes seven times as much memory.
    __slots__ = (
        "_connections",
        "_counted",
        "_deadline",
        "_head_bytes",
        "_timer",
        "_unsent",
        "_unsent_since",
        "address",
    )

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time-out for the head, or refuse the connection if there are too many."""
        super().connection_made(transport)
        use_less_memory(self)
        self._upgrade_ignored = False
        self.address = group_address(self.client[0]) if self.client else ""
        self._head_bytes = 0
        self._deadline: float | None = self.loop.time() + HEAD_SECONDS
        self._unsent = 0
        self._unsent_since = 0.0
        self._timer = self.loop.call_later(HEAD_SECONDS, self._check_timeouts)
        self._connections = _open.setdefault(self.server_state, OpenConnections())
        self._counted = self._connections.add(self)
        if not self._counted:
            self._refuse(error_response(Overloaded("there are too many connections; try again soon")))

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection. Not called once it has become a WebSocket."""
        self._timer.cancel()
        self._stop_counting()
        super().connection_lost(exc)

    def _stop_counting(self) -> None:
        if self._counted:
            self._counted = False
            self._connections.remove(self)

    def abort(self) -> None:
        """Close the connection without a response."""
        self._stop_counting()
        self.transport.abort()

    def handle_websocket_upgrade(self) -> None:
        """Hand over to the WebSocket protocol; only the connection count stays here."""
        self._deadline = None
        self._connections.mark_finished(self)
        super().handle_websocket_upgrade()

    # -- a request arrives

    def data_received(self, data: bytes) -> None:
        """Start the time-out at the first byte of a request, and limit the size of its head."""
        if self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._deadline = self.loop.time() + HEAD_SECONDS
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            rare_log.warning("request refused: its head exceeds %d bytes", MAX_HEAD_BYTES)
            self._refuse(
                problem_response(
                    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    f"the request head is too large; at most {MAX_HEAD_BYTES} bytes are accepted",
                )
            )

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header, with a name that all requests share: one waits with ten or more."""
        name = _lower(name)
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Start the time-out for the body."""
        self._head_bytes = 0
        self._deadline = self.loop.time() + BODY_SECONDS
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.message_event = LightEvent()  # type: ignore[assignment]  # it has what uvicorn uses

    def on_body(self, body: bytes) -> None:
        """Reset the count of head bytes: only those after the body belong to the next head."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the time-out of the request."""
        self._head_bytes = 0
        if self._upgrade_ignored:
            pass  # the head is parsed a second time
        elif self.cycle is not None and self.cycle.response_complete:
            # Answered before its body was complete: the body has ended uvicorn's keep-alive time-out.
            self._deadline = self.loop.time() + HEAD_SECONDS
        else:
            self._deadline = None
            self._connections.mark_finished(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Mark the connection as waiting for a request, or for the rest of a body that was answered early."""
        if self._counted:
            self._connections.mark_unfinished(self)
        super().on_response_complete()

    # -- time-outs

    def _check_timeouts(self) -> None:
        """Check periodically: a timer for each request would slow down every request."""
        if self.transport.is_closing() and not self.transport.get_write_buffer_size():
            self._stop_counting()
            return
        now = self.loop.time()
        late = self._deadline is not None and now >= self._deadline
        if late and not self.flow.read_paused and not self.transport.is_closing():
            self._time_out()
        if self._is_unread(now):  # also once it is closing: it stays open until the rest is read
            rare_log.warning("connection aborted: the client read nothing for %d s", UNREAD_SECONDS)
            self.abort()
        else:
            left = CHECK_SECONDS if self._deadline is None or late else self._deadline - now
            self._timer = self.loop.call_later(left, self._check_timeouts)

    def _is_unread(self, now: float) -> bool:
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        return now >= self._unsent_since + UNREAD_SECONDS

    def _time_out(self) -> None:
        if not self._in_body and not self._head_bytes:
            self.transport.close()  # it has sent nothing: browsers open connections in advance
            return
        part = "body" if self._in_body else "head"
        rare_log.warning("request aborted: its %s did not arrive in time", part)
        self._refuse(
            problem_response(HTTPStatus.REQUEST_TIMEOUT, f"the {part} of the request did not arrive in time")
        )

    @property
    def _in_body(self) -> bool:
        return self.cycle is not None and self.cycle.more_body

    def _refuse(self, answer: Response) -> None:
        """Send `answer`, unless a response has already started, and close the connection."""
        if not (self._in_body and self.cycle.response_started):
            self.transport.write(_serialize(answer))
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


@lru_cache(256)
def _lower(name: bytes) -> bytes:
    return name.lower()


def _serialize(answer: Response) -> bytes:
    answer.headers.update({"Connection": "close", "Retry-After": str(RETRY_SECONDS)})
    head = b"".join(b"%s: %s\r\n" % header for header in answer.raw_headers)
    phrase = HTTPStatus(answer.status_code).phrase.encode()
    return b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (answer.status_code, phrase, head, answer.body)
