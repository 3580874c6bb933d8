"""A WebSocket client that stands for a page."""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

TIMEOUT_SECONDS = 60
"""Only ends a test that has failed."""


class WsClient:
    """An open connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self._socket = connection
        self.welcome: dict[str, Any] = {}

    def send(self, message: object) -> None:
        """Send text or bytes unchanged, anything else as JSON."""
        self._socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def send_signal(self, to: str, signal: Mapping[str, object], view: int | None = None) -> None:
        """Send a signal to the peer of a live view."""
        self.send({"type": "signal", "to": to, "view": view, "signal": signal})

    def receive(self, kind: str) -> dict[str, Any]:
        """Return the next message, which must be of this type."""
        message = self.receive_any()
        assert message["type"] == kind, message
        return message

    def receive_any(self) -> dict[str, Any]:
        """Return the next message."""
        message: dict[str, Any] = json.loads(self._socket.recv(TIMEOUT_SECONDS))
        return message

    def is_welcomed(self) -> bool:
        """Return whether the gateway answers a hello with a welcome rather than by closing."""
        try:
            return bool(self.receive("welcome"))
        except ConnectionClosed:
            return False

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def cut(self) -> None:
        """Cut the connection without closing it properly."""
        self._socket.socket.shutdown(socket.SHUT_RDWR)

    def wait_closed(self) -> tuple[int, str]:
        """Wait until the gateway closes the connection, skipping messages; return the code and reason."""
        with pytest.raises(ConnectionClosed) as ended:  # noqa: PT012 - messages are skipped
            while True:
                self._socket.recv(TIMEOUT_SECONDS)
        assert ended.value.rcvd, "the connection was cut"
        return ended.value.rcvd.code, ended.value.rcvd.reason


@contextmanager
def live_connection(client: httpx.Client, meeting_id: str) -> Iterator[WsClient]:
    """Connect to the gateway of `client` without sending anything."""
    url = str(client.base_url.copy_with(scheme="ws")).rstrip("/")
    with connect(f"{url}/meetings/{meeting_id}/live", proxy=None) as connection:
        yield WsClient(connection)


@contextmanager
def authenticated_connection(client: httpx.Client, meeting_id: str, credentials: str) -> Iterator[WsClient]:
    """Connect and authenticate."""
    with live_connection(client, meeting_id) as page:
        page.send({"type": "hello", "credentials": credentials})
        page.welcome = page.receive("welcome")
        yield page
