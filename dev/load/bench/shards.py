"""Throughput with two shards, beside that with one.

The engine only sleeps, because all shards share the cores of this machine.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from operator import truediv
from pathlib import Path
from statistics import median
from time import perf_counter

from dev.load.bench.figure import Figure
from dev.load.bench.frames import Frames
from dev.load.bench.load import NO_LIMITS, judge_all
from dev.load.work import read_work
from dev.stack.stack import Stack

ROUNDS = 5
FRAMES = 80
"""For each shard."""
WORKERS = 4
"""For each shard."""
SIMULATED_MS = 200
"""So long that the cores are not the limit."""


@dataclass
class Side:
    """A stack with so many shards, and as many meetings."""

    stack: Stack
    shards: int
    rates: list[float] = field(default_factory=list)
    redis_seconds: float = 0.0
    """Processor seconds of the busiest Redis."""

    def __post_init__(self) -> None:
        self._frames = Frames(self.stack.url, meetings=self.shards)

    def run(self, frames: int) -> None:
        """Judge so many frames for each shard."""
        numbers = self._frames.take(frames * self.shards)
        servers = {name: part for name, part in self.stack.processes.items() if name.startswith("valkey")}
        before, started = read_work(servers), perf_counter()
        judge_all(self.stack.url, self._frames, numbers)
        self.rates.append(len(numbers) / (perf_counter() - started))
        after = read_work(servers)
        self.redis_seconds += max((after[name] - before[name]).cpu for name in servers)


def measure(data: Path) -> Iterator[Figure]:
    """Alternate between a stack with one shard and one with two; each shard has as many workers."""
    environment = {"DETECTOR": "simulated", "SIMULATED_DETECTOR_MS": str(SIMULATED_MS)} | NO_LIMITS
    with ExitStack() as running:
        one, two = (
            Side(
                running.enter_context(
                    Stack(data / str(shards), environment=environment, workers=WORKERS, shards=shards)
                ),
                shards,
            )
            for shards in (1, 2)
        )
        for side in (one, two):
            side.run(WORKERS)  # the workers are up once these are judged
            side.rates.clear()
            side.redis_seconds = 0.0
        for _ in range(ROUNDS):
            for side in (one, two):
                side.run(FRAMES)
    yield Figure(
        "two shards ÷ one, throughput",
        median(map(truediv, two.rates, one.rates)),
        f"{median(two.rates):.1f} ÷ {median(one.rates):.1f} frames/s, {WORKERS} workers a shard that sleep "
        f"{SIMULATED_MS} ms",
        at_least=1.9,
    )
    one_ms, two_ms = (side.redis_seconds / (FRAMES * side.shards * ROUNDS) * 1000 for side in (one, two))
    yield Figure(
        "two shards ÷ one, room in Redis",
        one_ms / two_ms,
        f"{one_ms:.2f} ÷ {two_ms:.2f} ms of the busiest Redis for a frame of the whole system",
        at_least=1.9,
    )
