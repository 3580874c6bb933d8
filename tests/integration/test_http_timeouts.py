"""Our HTTP client gives up on a server that answers too slowly."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from shared.http.responses import send

WAIT_SECONDS = 1
TIMEOUT_SECONDS = 60
"""Seconds after which the server gives up and the test fails."""


class DrippingServer:
    """Sends `start` at once, then one `a` every 0.1 s."""

    def __init__(self, start: bytes) -> None:
        self._start = start
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.disconnected = threading.Event()

    @contextmanager
    def running(self) -> Iterator[str]:
        thread = threading.Thread(target=self._serve)
        thread.start()
        yield self.url
        thread.join()
        self._listener.close()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        with connection, suppress(OSError):
            connection.sendall(self._start)
            while time.monotonic() < deadline:
                connection.sendall(b"a")
                time.sleep(0.1)
            return
        self.disconnected.set()


def test_slow_headers_time_out_with_an_error() -> None:
    server = DrippingServer(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    with (
        server.running() as url,
        httpx.Client(base_url=url, timeout=WAIT_SECONDS) as client,
        pytest.raises(httpx.HTTPError),
    ):
        send(client, "GET", "/")
    assert server.disconnected.is_set()


def test_slow_body_is_cut_off() -> None:
    server = DrippingServer(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    with server.running() as url, httpx.Client(base_url=url, timeout=WAIT_SECONDS) as client:
        answer = send(client, "GET", "/")
    assert answer.status_code == 200
    assert set(answer.text) == {"a"}
    assert server.disconnected.is_set()
