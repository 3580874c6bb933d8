"""A cheap HTTP client: connections that stay open, all served by one thread."""

import json
import selectors
import socket
from collections.abc import Generator, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request with a participant's token."""

    method: str
    path: str
    token: str
    body: bytes = b""

    def __bytes__(self) -> bytes:
        head = (
            f"{self.method} {self.path} HTTP/1.1",
            "Host: gateway",
            "Content-Type: application/json",
            f"Authorization: Bearer {self.token}",
            f"Content-Length: {len(self.body)}",
        )
        return "\r\n".join([*head, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Response:
    """A response with a JSON body."""

    status: int
    body: bytes

    def parse(self, expected: int) -> dict[str, Any]:
        """Return the body; raise if the status is not the expected one."""
        if self.status != expected:
            raise RuntimeError(f"the gateway answered {self.status}: {self.body.decode()}")
        body: dict[str, Any] = json.loads(self.body)
        return body


Conversation = Generator[Request, Response, None]
"""The requests on one connection: each is yielded, and its response sent back."""


def converse(url: str, conversations: Iterable[Conversation]) -> None:
    """Have all conversations, each on a connection, until they end.

    One thread serves all connections: one for each used as much processor time as the gateway.
    """
    address = urlsplit(url)
    with selectors.DefaultSelector() as waiting, ExitStack() as opened:
        for conversation in conversations:
            request = next(conversation, None)
            if request is not None:
                connection = socket.create_connection((address.hostname, address.port))
                opened.enter_context(connection)
                connection.sendall(bytes(request))
                waiting.register(connection, selectors.EVENT_READ, (connection, conversation))
        while waiting.get_map():
            for key, _ in waiting.select():
                connection, conversation = key.data
                try:
                    request = conversation.send(_receive(connection))
                except StopIteration:
                    waiting.unregister(connection)
                else:
                    connection.sendall(bytes(request))


def _receive(connection: socket.socket) -> Response:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive_some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _receive_some(connection)
    return Response(int(head.split(b" ", 2)[1]), body)


def _receive_some(connection: socket.socket) -> bytes:
    received = connection.recv(65_536)
    if not received:
        raise ConnectionError("the gateway closed the connection without an answer")
    return received
