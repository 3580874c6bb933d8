"""Throughput of the whole system, beside a bare loop of decoder and detector."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice
from operator import truediv
from pathlib import Path
from statistics import median

from redis import Redis

from dev.load.bench.figure import Figure
from dev.load.bench.load import NO_LIMITS, SECRET, frame_requests, pictures, send_all
from dev.stack.stack import Stack
from shared.jobs.model import JOB_COUNTS
from shared.settings import Settings
from worker.engines.engine import Engine, load_engine
from worker.frames.picture import decode

ROUNDS = 9
PROCESSES = os.cpu_count() or 1
SIMULATED_MS = 10

_engine: Engine


def measure(data: Path) -> Iterator[Figure]:
    """Measure with the real detectors, and with one that sleeps 10 ms, which shows the system's overhead."""
    yield _efficiency(data, "dlib-hog", frames=160, at_least=0.93)
    yield _efficiency(data, "dlib-guided", frames=400, at_least=0.80)
    yield _efficiency(data, "simulated", frames=400, at_least=0.80)


def _efficiency(data: Path, detector: str, frames: int, at_least: float) -> Figure:
    environment = {
        "SECRET_KEY": SECRET,
        "DETECTOR": detector,
        "SIMULATED_DETECTOR_MS": str(SIMULATED_MS),
    } | NO_LIMITS
    system, bare = [], []
    with (
        Stack(data, environment=environment, workers=PROCESSES) as stack,
        Redis.from_url(stack.redis_url) as redis,
        ProcessPoolExecutor(PROCESSES, initializer=_load, initargs=(detector,)) as loops,
    ):
        judge_frames(stack, redis, PROCESSES * 4)  # the workers are up once these are judged
        list(loops.map(_loop, [PROCESSES * 4] * PROCESSES))
        for _ in range(ROUNDS):
            started = time.perf_counter()
            list(loops.map(_loop, [frames // PROCESSES] * PROCESSES))
            bare.append(time.perf_counter() - started)
            system.append(judge_frames(stack, redis, frames))
    return Figure(
        f"pipeline ÷ bare loop, {detector}",
        median(map(truediv, bare, system)),
        f"{frames / median(system):.1f} ÷ {frames / median(bare):.1f} frames/s in {PROCESSES} processes",
        at_least=at_least,
    )


def judge_frames(stack: Stack, redis: Redis, frames: int) -> float:
    """Return the seconds from the first POST to the last verdict."""
    requests = frame_requests(SECRET, frames)
    goal = _judged(redis) + frames
    started = time.perf_counter()
    send_all(stack.url, requests)
    while _judged(redis) < goal:
        time.sleep(0.02)
    return time.perf_counter() - started


def _judged(redis: Redis) -> int:
    return int(redis.hget(JOB_COUNTS, "done") or 0)


def _load(detector: str) -> None:
    global _engine  # noqa: PLW0603 - a pool's process loads it once
    _engine = load_engine(Settings(detector=detector, simulated_detector_ms=SIMULATED_MS))


def _loop(frames: int) -> None:
    for data in islice(cycle(pictures()), frames):
        _engine.detect(decode(data, max_pixels=10_000_000).pixels)
