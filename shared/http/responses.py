"""Responses of third-party servers: bounded in size and time, and validated before use."""

import json
import re
import socket
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeGuard

import httpx

MAX_BYTES = 256 * 1024
"""The rest of a longer body is not read."""
TOTAL_TIMEOUT_FACTOR = 2
"""A whole exchange may take this many times the client's read timeout."""
MAX_TOKEN_LENGTH = 200

_GZIP_WBITS = 16 + zlib.MAX_WBITS
_TRANSFER_HEADERS = {b"content-encoding", b"content-length", b"transfer-encoding"}
"""They describe the body as it was sent, not as it is returned."""


def send(client: httpx.Client, method: str, url: str, **request: Any) -> httpx.Response:  # noqa: ANN401
    """Return the response, its body truncated if it is too long, too slow or breaks off.

    A body that is not valid gzip, though labelled so, is returned empty. The client must have a read timeout.
    Raises httpx.HTTPError if there is no response.
    """
    # Always a new connection: the trace does not see reused ones.
    headers = {"Accept-Encoding": "identity", "Connection": "close", **request.pop("headers", {})}
    with (
        _close_after(TOTAL_TIMEOUT_FACTOR * (client.timeout.read or 0)) as trace,
        client.stream(method, url, headers=headers, extensions={"trace": trace}, **request) as response,
    ):
        body = _read(response)
        if response.headers.get("Content-Encoding", "").lower() == "gzip":  # even if we did not accept it
            body = _decompress(body)
        # As bytes: a header may hold bytes that are not text.
        kept = [header for header in response.headers.raw if header[0].lower() not in _TRANSFER_HEADERS]
        return httpx.Response(response.status_code, headers=kept, content=body, request=response.request)


@contextmanager
def _close_after(seconds: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """Yield a trace for httpx that shuts down the connection when the time is up.

    httpx limits each single wait, so a server that sends a byte now and then could block a thread for ever.
    """
    opened: list[socket.socket] = []

    def trace(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            opened.append(info["return_value"].get_extra_info("socket"))

    def shut_down() -> None:
        for connection in opened:
            with suppress(OSError):  # already closed, or wrapped by TLS
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield trace
    finally:
        timer.cancel()


def _read(response: httpx.Response) -> bytes:
    body = b""
    with suppress(httpx.HTTPError):  # the status is more useful than an error about the missing rest
        for part in response.iter_raw():
            body += part
            if len(body) > MAX_BYTES:
                break
    return body[:MAX_BYTES]


def _decompress(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(_GZIP_WBITS).decompress(body, MAX_BYTES)
    except zlib.error:
        return b""


def read_json(response: httpx.Response) -> object:
    """Return the body as JSON; None if it is not JSON or nested too deeply."""
    try:
        body: object = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return body


def is_visible_ascii(text: object, max_length: int = MAX_TOKEN_LENGTH) -> TypeGuard[str]:
    """Whether it is one or more visible ASCII characters, as ids, keys and URLs are."""
    return isinstance(text, str) and len(text) <= max_length and re.fullmatch(r"[!-~]+", text) is not None


def to_one_line(text: str, max_length: int) -> str:
    """Return the text as one line of printable characters, safe to log, show and store."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: max_length * 10])
    return " ".join(printable.split())[:max_length]
