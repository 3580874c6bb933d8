"""Latency that the system adds to the detector's own time, and Redis's commands, with one frame at a time."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from redis import Redis

from dev.load.bench.connections import Conversation, converse
from dev.load.bench.figure import Figure
from dev.load.bench.frames import Frames
from dev.load.bench.load import NO_LIMITS, judge_all, judge_one
from dev.load.bench.meter import Meter
from dev.stack.stack import Stack

FRAMES = 100
WARM_UP = 20
INTERVAL_SECONDS = 0.55


def measure(data: Path) -> Iterator[Figure]:
    """Measure from the POST to the verdict by `?wait=`, minus the detection time that the job reports."""
    added: list[float] = []
    with (
        Stack(data, environment=NO_LIMITS) as stack,
        Redis.from_url(stack.redis_url) as redis,
    ):
        frames, meter = Frames(stack.url), Meter(stack, redis)
        judge_all(stack.url, frames, frames.take(WARM_UP))
        with meter.counted(FRAMES):
            converse(stack.url, [_judge_alone(frames, frames.take(FRAMES), added)])
    for row in meter.table(f"One frame at a time, one every {INTERVAL_SECONDS:g} s"):
        print(row)
    detail = f"over {FRAMES} frames, one every {INTERVAL_SECONDS:g} s"
    yield Figure("added latency, p50", median(added), detail, unit=" ms", at_most=9)
    yield Figure("added latency, p95", quantiles(added, n=20)[18], detail, unit=" ms", at_most=15)
    yield Figure(
        "Redis commands, one frame at a time",
        meter.commands_per_frame,
        "a frame, with what runs all the time",
        at_most=50,
    )


def _judge_alone(frames: Frames, numbers: range, added: list[float]) -> Conversation:
    for number in numbers:
        started = time.perf_counter()
        job = yield from judge_one(frames, number)
        seconds = time.perf_counter() - started
        added.append(seconds * 1000 - float(job["findings"]["detect_ms"]))
        time.sleep(max(0.0, INTERVAL_SECONDS - seconds))
