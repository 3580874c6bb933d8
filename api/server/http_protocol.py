"""uvicorn's HTTP protocol with limits that it lacks: of time, of a head's size, and of connections."""

import asyncio
import logging
from http import HTTPStatus
from weakref import WeakKeyDictionary

from starlette.responses import Response
from uvicorn.server import ServerState

from api.auth.client_address import group_address
from api.errors import Overloaded, error_response, problem_response
from api.rare_log import RareLog
from api.server.http_upgrade import UpgradeProtocol
from api.server.open_connections import OpenConnections

log = logging.getLogger(__name__)
rare_log = RareLog(log)

HEAD_SECONDS = 10
BODY_SECONDS = 30
"""A frame of 100 kB takes 27 kbit/s then; the pages send the next one long before."""

UNREAD_SECONDS = 30
"""How long a client may read nothing of an answer that waits for it."""

CHECK_SECONDS = 5
RETRY_SECONDS = 5
MOST_HEAD_BYTES = 64 * 1024

_open: WeakKeyDictionary[ServerState, OpenConnections] = WeakKeyDictionary()


class HttpProtocol(UpgradeProtocol):
    """One connection of a client."""

    address: str

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Time starts now."""
        super().connection_made(transport)
        self.address = group_address(self.client[0]) if self.client else ""
        self._head_bytes = 0
        self._deadline: float | None = self.loop.time() + HEAD_SECONDS
        self._unsent = 0
        self._unsent_since = 0.0
        self._timer = self.loop.call_later(HEAD_SECONDS, self._check_time)
        self._connections = _open.setdefault(self.server_state, OpenConnections())
        self._counted = self._connections.add(self)
        if not self._counted:
            self._refuse(error_response(Overloaded("there are too many connections; try again soon")))

    def connection_lost(self, exc: Exception | None) -> None:
        """Not called once the connection is a WebSocket's."""
        self._timer.cancel()
        self._forget()
        super().connection_lost(exc)

    def _forget(self) -> None:
        if self._counted:
            self._counted = False
            self._connections.remove(self)

    def cut_off(self) -> None:
        """Close it without an answer."""
        self._forget()
        self.transport.abort()

    def handle_websocket_upgrade(self) -> None:
        """From now on another protocol answers; what this one does is to count."""
        self._deadline = None
        self._connections.mark_finished(self)
        super().handle_websocket_upgrade()

    # -- a request arrives

    def data_received(self, data: bytes) -> None:
        """Any byte may be the first of a request, or a line end that delays it."""
        if self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._deadline = self.loop.time() + HEAD_SECONDS
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            rare_log.warning("a request was refused: its head has more than %d bytes", MOST_HEAD_BYTES)
            self._refuse(
                problem_response(
                    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    f"the head is too large; at most {MOST_HEAD_BYTES} bytes are taken",
                )
            )

    def on_headers_complete(self) -> None:
        """Now the body."""
        self._head_bytes = 0
        self._deadline = self.loop.time() + BODY_SECONDS
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of it; what comes after it, such as the head of a next request, counts anew."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All is there."""
        self._head_bytes = 0
        if self._is_ignored:
            pass  # the head is read once more
        elif self.cycle is not None and self.cycle.response_complete:
            # It was answered before; uvicorn's time for idle connections was over when its body went on.
            self._deadline = self.loop.time() + HEAD_SECONDS
        else:
            self._deadline = None
            self._connections.mark_finished(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The rest of the body may still be to come, when it was answered before."""
        if self._counted:
            self._connections.mark_unfinished(self)
        super().on_response_complete()

    # -- time goes by

    def _check_time(self) -> None:
        """Again and again, rather than by a timer for each request, which would cost the usual one more."""
        if self.transport.is_closing() and not self.transport.get_write_buffer_size():
            self._forget()
            return
        now = self.loop.time()
        late = self._deadline is not None and now >= self._deadline
        if late and not self.flow.read_paused:
            self._time_out()
        elif self._is_unread(now):
            rare_log.warning("a connection was cut off: its client read nothing for %d s", UNREAD_SECONDS)
            self.cut_off()
        else:
            left = CHECK_SECONDS if self._deadline is None or late else self._deadline - now
            self._timer = self.loop.call_later(left, self._check_time)

    def _is_unread(self, now: float) -> bool:
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        return now >= self._unsent_since + UNREAD_SECONDS

    def _time_out(self) -> None:
        if not self._in_body and not self._head_bytes:
            self.transport.close()  # it has said nothing: a browser that connects in advance
            return
        part = "body" if self._in_body else "head"
        rare_log.warning("a request was cut off: its %s did not arrive in time", part)
        late = problem_response(
            HTTPStatus.REQUEST_TIMEOUT, f"the {part} of the request did not arrive in time"
        )
        self._refuse(late)

    @property
    def _in_body(self) -> bool:
        return self.cycle is not None and self.cycle.more_body

    def _refuse(self, answer: Response) -> None:
        """Send `answer`, unless the request was answered before it was complete, and close."""
        if not (self._in_body and self.cycle.response_started):
            self.transport.write(_raw(answer))
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


def _raw(answer: Response) -> bytes:
    answer.headers.update({"Connection": "close", "Retry-After": str(RETRY_SECONDS)})
    head = b"".join(b"%s: %s\r\n" % header for header in answer.raw_headers)
    phrase = HTTPStatus(answer.status_code).phrase.encode()
    return b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (answer.status_code, phrase, head, answer.body)
