"""Memory of a gateway for each request that waits for a verdict (`?wait=`)."""

import base64
import json
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil

from api.frames.routes import MAX_WAIT_SECONDS
from api.server.open_connections import raise_file_limit
from dev.load.bench.connections import Conversation, Request, converse
from dev.load.bench.figure import Figure
from dev.load.bench.load import NO_LIMITS
from dev.stack.processes import Process
from dev.stack.stack import Stack

HELD = 5_000
WARM_UP = 500
"""The first connections let the process load code and fill its pools, which all later ones share."""

FRAMES_PER_CANDIDATE = 6
"""Few enough to send at once."""

STEADY_SECONDS = 2

PICTURE = base64.b64encode(b"\xff\xd8\xff").decode()
"""It need not be complete: no worker runs."""


@dataclass(frozen=True, slots=True)
class _Job:
    path: str
    token: str


def measure(data: Path) -> Iterator[Figure]:
    """Hold requests for jobs that are not judged, each on its own connection."""
    raise_file_limit()
    with ExitStack() as running:
        stack = running.enter_context(Stack(data, environment=NO_LIMITS, workers=1))
        stack.processes.pop("frames").stop()
        jobs = _submit_frames(stack.url, HELD + WARM_UP)
        gateway = stack.processes["gateway"]
        started = time.monotonic()
        connections = [_hold(running, stack.url, job) for job in jobs[:WARM_UP]]
        before = _settled_bytes(gateway, len(connections))
        connections += [_hold(running, stack.url, job) for job in jobs[WARM_UP:]]
        after = _settled_bytes(gateway, len(connections))
        seconds = time.monotonic() - started
        _check_unanswered(connections, seconds)
    yield Figure(
        "gateway memory, a held request",
        (after - before) / HELD / 1000,
        f"{after / 1e6:.0f} - {before / 1e6:.0f} MB for {HELD} of them",
        unit=" kB",
        at_most=12,
    )


def _submit_frames(url: str, count: int) -> list[_Job]:
    jobs: list[_Job] = []
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        meeting = (
            client.post("/meetings", json={"title": "Benchmark"}).raise_for_status().json()["data"]["id"]
        )
        for _ in range(-(-count // FRAMES_PER_CANDIDATE)):
            joined = client.post(f"/meetings/{meeting}/participants", json={"name": "Ada"}).raise_for_status()
            converse(url, [_submit(joined.json() | {"meeting_id": meeting}, jobs)])
    return jobs[:count]


def _submit(candidate: dict[str, str], jobs: list[_Job]) -> Conversation:
    token = candidate["token"]
    frame = {
        "base64_img": PICTURE,
        "participant_id": candidate["participant_id"],
        "meeting_id": candidate["meeting_id"],
    }
    for _ in range(FRAMES_PER_CANDIDATE):
        accepted = yield Request("POST", "/detect_faces", token, json.dumps(frame).encode())
        jobs.append(_Job(accepted.parse(202)["status_url"], token))


def _hold(running: ExitStack, url: str, job: _Job) -> socket.socket:
    address = urlsplit(url)
    connection = running.enter_context(socket.create_connection((address.hostname, address.port)))
    connection.sendall(bytes(Request("GET", f"{job.path}?wait={MAX_WAIT_SECONDS}", job.token)))
    return connection


def _settled_bytes(gateway: Process, connections: int) -> int:
    """Return the memory of the process once it has taken all connections and grows no more."""
    process = psutil.Process(gateway.pid)
    sizes = [0]
    while process.num_fds() < connections or sizes[-1] != sizes[max(0, len(sizes) - STEADY_SECONDS)]:
        time.sleep(1)
        sizes.append(process.memory_info().rss)
    return int(process.memory_full_info().pss)


def _check_unanswered(connections: Sequence[socket.socket], seconds: float) -> None:
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        if answered := len(selector.select(0)):
            raise RuntimeError(f"{answered} requests were answered: to send all took {seconds:.0f} s")
