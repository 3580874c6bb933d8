"""A fake of a vendor's HTTP API on this machine, over real HTTP, with faults on demand."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from enum import Enum, auto
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer
from threading import Event, Thread
from types import TracebackType
from typing import Self

JSON = "application/json"
HTML = "text/html"


@dataclass(frozen=True)
class Call:
    """One HTTP request; `target` is path and query."""

    method: str
    target: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; a body that starts with `<` is HTML, others are JSON, unless `headers` differ."""

    status: int
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class NoAnswer(Enum):
    """Ways of not answering."""

    NEVER = auto()
    CONNECTION_DROPPED = auto()


@dataclass(frozen=True)
class Slowly:
    """The normal answer after so many seconds."""

    seconds: float


Fault = Answer | NoAnswer | Slowly


class Vendor(ABC):
    """A server on 127.0.0.1, running within a `with` block; port 0 takes a free port."""

    def __init__(self, port: int = 0) -> None:
        self.fault: Fault | None = None
        """The fault of every call until this is None again; those of `fail_next` come first."""
        self._next_faults: deque[Fault] = deque()
        self._stopping = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, self))
        # Otherwise open connections of clients would delay the shutdown.
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=[0.01], name=type(self).__name__)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def fail_next(self, *faults: Fault) -> None:
        """Let each of the next calls fail with one of these."""
        self._next_faults.extend(faults)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @abstractmethod
    def answer(self, call: Call) -> Answer | NoAnswer:
        """Return the answer to a call."""

    def meet_fault(self) -> Answer | NoAnswer | None:
        """Return the fault of this call; None if it should be answered normally."""
        fault = self._next_faults.popleft() if self._next_faults else self.fault
        if fault is NoAnswer.NEVER:
            self._stopping.wait()
        if isinstance(fault, Slowly):
            self._stopping.wait(fault.seconds)
            return None
        return fault


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, vendor: Vendor, request: socket, address: tuple[str, int], server: BaseServer) -> None:
        self._vendor = vendor
        super().__init__(request, address, server)

    def do_GET(self) -> None:
        self._call()

    def do_POST(self) -> None:
        self._call()

    def do_PUT(self) -> None:
        self._call()

    def do_PATCH(self) -> None:
        self._call()

    def do_DELETE(self) -> None:
        self._call()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Log nothing."""

    def _call(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self._vendor.answer(Call(self.command, self.path, self.headers, body))
        if isinstance(answer, NoAnswer):
            self.close_connection = True
        else:
            self._reply(answer)

    def _reply(self, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        about = {"Content-Type": HTML if body.startswith(b"<") else JSON, "Content-Length": str(len(body))}
        for name, value in (about | dict(answer.headers)).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
