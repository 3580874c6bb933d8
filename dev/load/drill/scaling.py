"""How the throughput grows with the number of workers, whose engine only sleeps, and what limits it."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from dev.load.bench.frames import Frames
from dev.load.bench.load import NO_LIMITS, send_all
from dev.load.work import read_work
from dev.stack.stack import Stack
from shared.jobs.model import JOB_COUNTS

WARM_UP, MEASURED, LEFT = 6, 12, 2
"""Frames for each worker before, during and after the measurement, so that no worker is idle."""

MIN_EFFICIENCY = 0.95


@dataclass(frozen=True)
class Step:
    """One measurement."""

    workers: int
    frames: int
    seconds: float
    cpu: dict[str, float]
    """Processor seconds of each part for one frame."""

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.frames / self.seconds

    def efficiency(self, milliseconds: float) -> float:
        """Return the throughput as a part of the ideal, in which only the engine takes time."""
        return self.rate / (self.workers * 1000 / milliseconds)


def scaling(data: Path, milliseconds: float, most: int) -> Iterator[str]:
    """Yield a row for each of 1, 2, 4, … `most` workers, each on a new stack; then what saturates first."""
    yield f"Throughput by workers, with an engine that waits for {milliseconds:g} ms"
    yield f"  {'workers':>8}{'frames/s':>10}{'of ideal':>10}{'cores in use':>14}"
    step = None
    for workers in _powers_of_two(most):
        step = _measure(data / str(workers), milliseconds, workers)
        efficiency = step.efficiency(milliseconds)
        yield (
            f"  {workers:8}{step.rate:10.1f}{efficiency:10.3f}{sum(step.cpu.values()) * step.rate:14.2f}"
            f"   {'reached' if efficiency >= MIN_EFFICIENCY else 'MISSED'} (at least {MIN_EFFICIENCY})"
        )
    if step:
        yield from _limits(step)


def _powers_of_two(most: int) -> Iterator[int]:
    workers = 1
    while workers < most:
        yield workers
        workers *= 2
    yield most


def _measure(data: Path, milliseconds: float, workers: int) -> Step:
    environment = {
        "DETECTOR": "simulated",
        "SIMULATED_DETECTOR_MS": str(milliseconds),
    } | NO_LIMITS
    with (
        Stack(data, environment=environment, workers=workers) as stack,
        Redis.from_url(stack.redis_url) as redis,
    ):
        count = (WARM_UP + MEASURED + LEFT) * workers
        frames, before = Frames(stack.url), read_work(stack.processes)
        send_all(stack.url, frames, frames.take(count))
        _wait_for(redis, WARM_UP * workers)
        started = time.perf_counter()
        _wait_for(redis, (WARM_UP + MEASURED) * workers)
        seconds = time.perf_counter() - started
        _wait_for(redis, count)
        after = read_work(stack.processes)
    cpu = {name: (after[name] - before[name]).cpu / count for name in before}
    return Step(workers, MEASURED * workers, seconds, cpu)


def _wait_for(redis: Redis, judged: int) -> None:
    while int(redis.hget(JOB_COUNTS, "done") or 0) < judged:
        time.sleep(0.005)


def _limits(step: Step) -> Iterator[str]:
    """Yield the most frames/s of each part: a process has one core, all together those of the machine."""
    cores = os.cpu_count() or 1
    limits = {
        f"everything, on {cores} cores": cores / sum(step.cpu.values()),
        "Redis, on one": 1 / step.cpu["valkey"],
        "a gateway process, on one": 1 / step.cpu["gateway"],
    }
    yield "  Saturates, by the processor time of a frame, the first limit first:"
    for name, rate in sorted(limits.items(), key=lambda limit: limit[1]):
        yield f"    {name:32}{rate:8.0f} frames/s"
