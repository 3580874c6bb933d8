"""Load that costs next to nothing itself: requests prepared beforehand, on connections that stay open."""

import base64
import json
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from api.door import BURST
from api.tokens import Bearer, Tokens
from shared.tables import Role

PICTURES = sorted((Path(__file__).parent.parent / "pictures").glob("1-face-*.jpg"))
"""One face each: no flag is recorded, so that what is measured is the way that most frames take."""

FRAMES_OF_ONE = BURST // 2
"""How many frames a candidate sends at once: half of what the door lets in while nobody waits."""

CONNECTIONS = 24

SECRET = "a secret of the benchmarks, not of any exam"  # noqa: S105


OPEN_DOOR = {"MAX_BACKLOG": "1000000", "MAX_WAIT_SECONDS": "1000000", "FRAME_TTL_SECONDS": "2000000"}
"""Settings with which no frame is refused, however long the line: what is measured is how fast it moves."""


def pictures() -> list[bytes]:
    """The pictures that every measurement uses."""
    return [path.read_bytes() for path in PICTURES]


def frame_requests(secret: str, count: int) -> list[bytes]:
    """So many POSTs of frames, by as many candidates as it takes for none to be too fast.

    The candidates exist only in their tokens: the gateway asks no database about them.
    """
    tokens = Tokens(secret)
    images = [f"data:image/jpeg;base64,{base64.b64encode(data).decode()}" for data in pictures()]
    meeting = uuid4()
    candidates = [Bearer(meeting, uuid4(), Role.CANDIDATE) for _ in range(-(-count // FRAMES_OF_ONE))]
    return [
        _post(tokens, candidates[number // FRAMES_OF_ONE], images[number % len(images)])
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


def send_all(url: str, requests: Sequence[bytes]) -> list[UUID]:
    """Sends the requests as fast as they are answered; the ids of the jobs. Raises on any other answer."""
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        batches = [islice(requests, number, None, CONNECTIONS) for number in range(CONNECTIONS)]
        answers = senders.map(lambda batch: _send(url, batch), batches)
        return [job_id for batch in answers for job_id in batch]


def _send(url: str, requests: Iterable[bytes]) -> list[UUID]:
    address = urlsplit(url)
    jobs = []
    with socket.create_connection((address.hostname, address.port)) as connection:
        for request in requests:
            connection.sendall(request)
            status, body = _receive(connection)
            if status != b"202":
                raise RuntimeError(f"the gateway answered {status.decode()}: {body.decode()}")
            jobs.append(UUID(json.loads(body)["job_id"]))
    return jobs


def _receive(connection: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head.split(b" ", 2)[1], body
