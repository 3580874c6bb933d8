"""Answers of other people's servers: bounded in size and time, and checked before any of it is kept."""

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
"""Of an answer; what a server sends beyond it is not read."""
TOTAL_PER_WAIT = 2
"""A whole exchange takes at most this many times what the client allows for a single wait."""

GZIP = 16 + zlib.MAX_WBITS
NO_LONGER_TRUE = {b"content-encoding", b"content-length", b"transfer-encoding"}
LONGEST_WORD = 200


def send(client: httpx.Client, method: str, url: str, **request: Any) -> httpx.Response:  # noqa: ANN401
    """Send a request and read as much of the answer as is reasonable; raises httpx.HTTPError without one.

    A body that breaks off, is too long or comes too slowly ends where it is; a wrong compression leaves none.
    `client` needs a read timeout: all of it together ends after `TOTAL_PER_WAIT` times as long.
    """
    # A connection of its own, as only a new one is seen by the trace.
    headers = {"Accept-Encoding": "identity", "Connection": "close", **request.pop("headers", {})}
    with (
        _closed_after(TOTAL_PER_WAIT * (client.timeout.read or 0)) as trace,
        client.stream(method, url, headers=headers, extensions={"trace": trace}, **request) as response,
    ):
        body = _read(response)
        if response.headers.get("Content-Encoding", "").lower() == "gzip":  # though not asked for
            body = _unzipped(body)
        # As bytes: a server may send what is no text.
        kept = [(name, value) for name, value in response.headers.raw if name.lower() not in NO_LONGER_TRUE]
        return httpx.Response(response.status_code, headers=kept, content=body, request=response.request)


@contextmanager
def _closed_after(seconds: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """Yield a trace for httpx: shuts down what it sees opened once the time is over.

    httpx limits each wait; a server that sends a byte now and then would hold a thread for ever.
    """
    opened: list[socket.socket] = []

    def trace(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            opened.append(info["return_value"].get_extra_info("socket"))

    def shut_down() -> None:
        for connection in opened:
            with suppress(OSError):  # closed by now, or handed on to TLS
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
    with suppress(httpx.HTTPError):  # there is a status, which tells more than that the rest is missing
        for part in response.iter_raw():
            body += part
            if len(body) > MAX_BYTES:
                break
    return body[:MAX_BYTES]


def _unzipped(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(GZIP).decompress(body, MAX_BYTES)
    except zlib.error:
        return b""


def read_json(response: httpx.Response) -> object:
    """Return what an answer of `send` says in JSON; None where it is not JSON, or too deep."""
    try:
        body: object = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return body


def is_visible_ascii(text: object, longest: int = LONGEST_WORD) -> TypeGuard[str]:
    """Tell whether it is one word of visible ASCII, as ids, keys and addresses are."""
    return isinstance(text, str) and len(text) <= longest and re.fullmatch(r"[!-~]+", text) is not None


def to_one_line(text: str, longest: int) -> str:
    """Return a text that can be logged, shown and stored: one line without characters that are not shown."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: longest * 10])
    return " ".join(shown.split())[:longest]
