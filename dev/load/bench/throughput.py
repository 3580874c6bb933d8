"""Throughput of the whole system, beside a bare loop of decoder and detector."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from operator import truediv
from pathlib import Path
from statistics import median
from subprocess import Popen

from redis import Redis

from dev.load.bench.bare import PROCESSES, BareLoop
from dev.load.bench.figure import Figure
from dev.load.bench.frames import FLAGGED_EVERY, Frames
from dev.load.bench.load import NO_LIMITS, send_all
from dev.stack.stack import Stack
from shared.jobs.model import JOB_COUNTS

ROUNDS = 5
FRAMES = 240
SIMULATED_MS = 10


def measure(data: Path) -> Iterator[Figure]:
    """Measure with the default engine, also beside busy neighbours, and with one that only sleeps."""
    yield _compare(data / "guided", "dlib-guided", at_least=0.75)
    with _neighbours():
        yield _compare(data / "neighbours", "dlib-guided", at_least=0.70, note=", neighbours")
    yield _compare(data / "simulated", "simulated", at_least=0.90)


@contextmanager
def _neighbours() -> Iterator[None]:
    """A busy loop for each core, as nice as we are."""
    loops = [Popen([sys.executable, "-c", "while True: pass"]) for _ in range(PROCESSES)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def _compare(data: Path, detector: str, *, at_least: float, note: str = "") -> Figure:
    engine = {"DETECTOR": detector, "SIMULATED_DETECTOR_MS": str(SIMULATED_MS)}
    system, bare = [], []
    with (
        Stack(data, environment=engine | NO_LIMITS, workers=PROCESSES) as stack,
        Redis.from_url(stack.redis_url) as redis,
        BareLoop(engine, FLAGGED_EVERY) as loop,
    ):
        frames = Frames(stack.url)
        warm_up = frames.take(PROCESSES * 4)  # the workers are up once these are judged
        _judge(stack, redis, frames, warm_up)
        loop.detect(warm_up)
        for _ in range(ROUNDS):
            numbers = frames.take(FRAMES)
            bare.append(loop.detect(numbers))
            system.append(_judge(stack, redis, frames, numbers))
    return Figure(
        f"throughput ÷ bare, {detector}{note}",
        median(map(truediv, bare, system)),
        f"{FRAMES / median(system):.1f} ÷ {FRAMES / median(bare):.1f} frames/s in {PROCESSES} processes",
        at_least=at_least,
    )


def _judge(stack: Stack, redis: Redis, frames: Frames, numbers: range) -> float:
    """Return the seconds from the first POST to the last verdict."""
    goal = _judged(redis) + len(numbers)
    started = time.perf_counter()
    send_all(stack.url, frames, numbers)
    while _judged(redis) < goal:
        time.sleep(0.02)
    return time.perf_counter() - started


def _judged(redis: Redis) -> int:
    return int(redis.hget(JOB_COUNTS, "done") or 0)
