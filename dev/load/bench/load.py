"""Load on a gateway: frames on many connections."""

from collections.abc import Generator, Iterator
from typing import Any

from dev.load.bench.connections import Conversation, Request, Response, converse
from dev.load.bench.frames import Frames

CONNECTIONS = 48
POLL_SECONDS = 20

NO_LIMITS = {
    "MAX_BACKLOG": "1000000",
    "MAX_WAIT_SECONDS": "1000000",
    "FRAME_TTL_SECONDS": "2000000",
    "JOINS_PER_MINUTE": "1000000",
}
"""Settings with which nothing is refused, however long the queue: only throughput is measured."""


def send_all(url: str, frames: Frames, numbers: range) -> None:
    """Send frames as fast as they are accepted."""
    waiting = iter(numbers)
    converse(url, [_send(frames, waiting) for _ in range(CONNECTIONS)])


def judge_all(url: str, frames: Frames, numbers: range) -> None:
    """Send frames as fast as they are judged: each connection waits for a verdict before its next frame."""
    waiting = iter(numbers)
    converse(url, [_judge(frames, waiting) for _ in range(CONNECTIONS)])


def _send(frames: Frames, numbers: Iterator[int]) -> Conversation:
    for number in numbers:
        (yield frames.post(number)).parse(202)


def _judge(frames: Frames, numbers: Iterator[int]) -> Conversation:
    for number in numbers:
        yield from judge_one(frames, number)


def judge_one(frames: Frames, number: int) -> Generator[Request, Response, dict[str, Any]]:
    """Send a frame and wait for its verdict; return its job."""
    path = (yield frames.post(number)).parse(202)["status_url"]
    while True:
        job = (yield frames.get(number, f"{path}?wait={POLL_SECONDS}")).parse(200)
        match job["status"]:
            case "done":
                return job
            case "failed" | "expired":
                raise RuntimeError(f"a frame was not judged: {job}")
