"""The frames of a measurement: candidates send pictures in turn."""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from dev.load.bench.connections import Request
from shared.db.tables import Role

CANDIDATES = 301
"""So many that none sends too fast; a prime times 43, so that each of them is flagged now and then."""

FLAGGED_EVERY = 50
"""One of so many frames is flagged, 2 %: far more than in a normal exam."""

LOOK_EVERY = 3
"""In one of so many frames of a candidate the worker looks for a second person."""

PICTURES = Path(__file__).parents[2] / "pictures"
ONE_FACE = sorted(PICTURES.glob("1-face-*.jpg"))
TWO_FACES = sorted(PICTURES.glob("2-faces-*.jpg"))


class Frames:
    """An endless series of frames; frame `number` is the same in the stack and in the bare loop.

    Joins the candidates. One of `flagged_every` frames shows two faces. The meetings take turns.
    With `precheck` they are frames of a pre-check, of which nothing is recorded.
    """

    def __init__(
        self, url: str, flagged_every: int = FLAGGED_EVERY, *, meetings: int = 1, precheck: bool = False
    ) -> None:
        self._flagged_every = flagged_every
        self._sent = 0
        with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
            self._senders = _join(client, meetings, precheck=precheck)

    def take(self, count: int) -> range:
        """Return the numbers of the next frames."""
        self._sent += count
        return range(self._sent - count, self._sent)

    def post(self, number: int) -> Request:
        """Return the request that sends the frame."""
        token, sender = self._senders[number % CANDIDATES]
        image = _encode(_file(number, self._flagged_every)) + base64.b64encode(_suffix(number))
        body = b'{"base64_img":"' + image + b'",' + sender
        return Request("POST", "/detect_faces", token, body)

    def get(self, number: int, path: str) -> Request:
        """Return the request that its candidate sends to `path`."""
        return Request("GET", path, self._senders[number % CANDIDATES][0])


def picture(number: int, flagged_every: int) -> bytes:
    """Return the frame's picture."""
    return _padded(_file(number, flagged_every)) + _suffix(number)


def looks_for_second(number: int) -> bool:
    """Whether the worker looks for a second person in this frame."""
    return number // CANDIDATES % LOOK_EVERY == 0


def _join(client: httpx.Client, meetings: int, *, precheck: bool) -> list[tuple[str, bytes]]:
    """Return each candidate's token, and the end of the JSON of their frames."""
    created = [_create(client) for _ in range(meetings)]  # first, and so each on another shard
    senders = []
    for number in range(CANDIDATES):
        body = {"name": f"Candidate {number}", "role": Role.CANDIDATE}
        meeting = created[number % meetings]
        joined = client.post(f"/meetings/{meeting}/participants", json=body).raise_for_status().json()
        sender = {"participant_id": joined["participant_id"], "meeting_id": meeting, "precheck": precheck}
        senders.append((joined["token"], json.dumps(sender)[1:].encode()))
    return senders


def _create(client: httpx.Client) -> str:
    meeting: dict[str, Any] = client.post("/meetings", json={"title": "Benchmark"}).raise_for_status().json()
    return str(meeting["data"]["id"])


def _file(number: int, flagged_every: int) -> Path:
    """One face of the same person each time, or two."""
    if number % flagged_every == flagged_every - 1:
        return TWO_FACES[number % len(TWO_FACES)]
    return ONE_FACE[number % CANDIDATES % len(ONE_FACE)]


@cache
def _encode(path: Path) -> bytes:
    return base64.b64encode(_padded(path))


@cache
def _padded(path: Path) -> bytes:
    """Return the picture with a length that is a multiple of three, so that base64 can be appended to it."""
    data = path.read_bytes()
    return data + bytes(-len(data) % 3)


def _suffix(number: int) -> bytes:
    """No two pictures of a camera are alike. Decoders ignore what follows the end of a JPEG."""
    return number.to_bytes(6)
