"""Latency that the system adds to the detector's own time, with one frame at a time."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx

from dev.load.bench.figure import Figure
from dev.load.bench.load import SECRET, frame_requests
from dev.stack.stack import Stack

FRAMES = 60


def measure(data: Path) -> Iterator[Figure]:
    """Measure from the POST to the verdict by `?wait=`, minus the detection time that the job reports."""
    with Stack(data, environment={"SECRET_KEY": SECRET}) as stack, httpx.Client(base_url=stack.url) as client:
        added = [_added_ms(client, request) for request in frame_requests(SECRET, FRAMES)]
    yield Figure(
        "added latency, median",
        median(added[5:]),
        f"over {FRAMES - 5} frames, one at a time, after 5 to warm up",
        unit=" ms",
        at_most=30,
    )


def _added_ms(client: httpx.Client, request: bytes) -> float:
    head, _, body = request.partition(b"\r\n\r\n")
    token = head.partition(b"Authorization: ")[2].partition(b"\r\n")[0].decode()
    headers = {"Authorization": token, "Content-Type": "application/json"}
    started = time.perf_counter()
    accepted = client.post("/detect_faces", content=body, headers=headers).raise_for_status()
    job = client.get(
        f"{accepted.json()['status_url']}?wait=20", headers=headers, timeout=30
    ).raise_for_status()
    total = (time.perf_counter() - started) * 1000
    return total - float(job.json()["findings"]["detect_ms"])
