"""Cheap load: requests prepared in advance, on connections that stay open."""

import base64
import json
import selectors
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from api.auth.tokens import Bearer, Tokens
from api.frames.admission import BURST
from shared.db.tables import Role

PICTURES = sorted((Path(__file__).parents[2] / "pictures").glob("1-face-*.jpg"))
"""One face each: like most frames they are not flagged."""

FRAMES_PER_CANDIDATE = BURST // 2
"""Frames that a candidate sends at once: half of what admission control tolerates while nothing waits."""

CONNECTIONS = 24

SECRET = "a secret of the benchmarks, not of any exam"  # noqa: S105


NO_LIMITS = {"MAX_BACKLOG": "1000000", "MAX_WAIT_SECONDS": "1000000", "FRAME_TTL_SECONDS": "2000000"}
"""Settings with which no frame is refused, however long the queue: only throughput is measured."""


def pictures() -> list[bytes]:
    """Return the pictures of every measurement."""
    return [path.read_bytes() for path in PICTURES]


def frame_requests(secret: str, count: int) -> list[bytes]:
    """Return POST requests with frames, from enough candidates that none sends too fast.

    The candidates exist only in their tokens: the gateway does not look them up.
    """
    tokens = Tokens(secret)
    images = [f"data:image/jpeg;base64,{base64.b64encode(data).decode()}" for data in pictures()]
    meeting = uuid4()
    candidates = [Bearer(meeting, uuid4(), Role.CANDIDATE) for _ in range(-(-count // FRAMES_PER_CANDIDATE))]
    return [
        _post(tokens, candidates[number // FRAMES_PER_CANDIDATE], images[number % len(images)])
        for number in range(count)
    ]


def _post(tokens: Tokens, sender: Bearer, image: str) -> bytes:
    body = json.dumps(
        {
            "base64_img": image,
            "participant_id": str(sender.participant_id),
            "meeting_id": str(sender.meeting_id),
        }
    ).encode()
    head = (
        "POST /detect_faces HTTP/1.1",
        "Host: gateway",
        "Content-Type: application/json",
        f"Authorization: Bearer {tokens.issue(sender)}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join([*head, "", ""]).encode() + body


def send_all(url: str, requests: Sequence[bytes]) -> None:
    """Send the requests as fast as they are answered; raise on any answer but "accepted".

    One thread serves all connections: one for each used as much processor time as the gateway.
    """
    address = urlsplit(url)
    to_send = iter(requests)
    with selectors.DefaultSelector() as waiting, ExitStack() as opened:
        for request in islice(to_send, CONNECTIONS):
            connection = opened.enter_context(socket.create_connection((address.hostname, address.port)))
            connection.sendall(request)
            waiting.register(connection, selectors.EVENT_READ, connection)
        while waiting.get_map():
            for answered, _ in waiting.select():
                _send_next(answered.data, to_send, waiting)


def _send_next(connection: socket.socket, to_send: Iterator[bytes], waiting: selectors.BaseSelector) -> None:
    status, body = _receive(connection)
    if status != b"202":
        raise RuntimeError(f"the gateway answered {status.decode()}: {body.decode()}")
    request = next(to_send, None)
    if request is None:
        waiting.unregister(connection)
    else:
        connection.sendall(request)


def _receive(connection: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive_some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _receive_some(connection)
    return head.split(b" ", 2)[1], body


def _receive_some(connection: socket.socket) -> bytes:
    received = connection.recv(65_536)
    if not received:
        raise ConnectionError("the gateway closed the connection without an answer")
    return received
