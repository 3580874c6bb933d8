"""A page at its WebSocket, as a browser has it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PATIENCE = 60
"""Seconds; there to end a test that has failed."""


class WsPage:
    """A connection that is open."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.welcome: dict[str, Any] = {}

    def say(self, message: object) -> None:
        """Sends text or bytes as they are, anything else as JSON."""
        self._socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def signal(self, to: str, signal: Mapping[str, object], view: int | None = None) -> None:
        """Sends a signal to the other side of a view."""
        self.say({"type": "signal", "to": to, "view": view, "signal": signal})

    def hear(self, kind: str) -> dict[str, Any]:
        """The next thing said to the page, which has to be of this kind."""
        said: dict[str, Any] = json.loads(self._socket.recv(PATIENCE))
        assert said["type"] == kind, said
        return said

    def is_welcome(self) -> bool:
        """Whether the gateway answers a hello with a welcome, and not by ending the connection."""
        try:
            return bool(self.hear("welcome"))
        except ConnectionClosed:
            return False

    def leave(self) -> None:
        """Ends the connection."""
        self._socket.close()

    def closed(self) -> tuple[int, str]:
        """The code and the reason with which the gateway ends it; what it says before is passed over."""
        with pytest.raises(ConnectionClosed) as ended:  # noqa: PT012 - many are passed over
            while True:
                self._socket.recv(PATIENCE)
        assert ended.value.rcvd, "the connection was cut"
        return ended.value.rcvd.code, ended.value.rcvd.reason


@contextmanager
def connected(client: httpx.Client, meeting_id: str) -> Iterator[WsPage]:
    """A page that has said nothing yet; `client` is any gateway of the system."""
    url = str(client.base_url.copy_with(scheme="ws")).rstrip("/")
    with connect(f"{url}/meetings/{meeting_id}/live", proxy=None) as socket:
        yield WsPage(socket)


@contextmanager
def greeted(client: httpx.Client, meeting_id: str, credentials: str) -> Iterator[WsPage]:
    """A page whose credentials are good."""
    with connected(client, meeting_id) as page:
        page.say({"type": "hello", "credentials": credentials})
        page.welcome = page.hear("welcome")
        yield page
