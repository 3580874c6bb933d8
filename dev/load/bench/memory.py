"""Growth of a worker's memory over 2,000 frames."""

from collections.abc import Iterator
from pathlib import Path

import psutil
from redis import Redis

from dev.load.bench.figure import Figure
from dev.load.bench.load import NO_LIMITS, SECRET
from dev.load.bench.pipeline import judge_frames
from dev.stack.stack import Stack

FRAMES = 2_000
WARM_UP = 400


def measure(data: Path) -> Iterator[Figure]:
    """Measure the pool's processes, with a real detector, after the first frames and after all."""
    environment = {"SECRET_KEY": SECRET} | NO_LIMITS
    with (
        Stack(data, environment=environment) as stack,
        Redis.from_url(stack.redis_url) as redis,
    ):
        judge_frames(stack, redis, WARM_UP)
        before = _megabytes(stack)
        judge_frames(stack, redis, FRAMES - WARM_UP)
        after = _megabytes(stack)
    yield Figure(
        "worker memory, growth",
        after / before,
        f"{after:.0f} MB after {FRAMES} frames ÷ {before:.0f} MB after {WARM_UP}, mean of the processes",
        at_most=1.05,
    )


def _megabytes(stack: Stack) -> float:
    children = psutil.Process(stack.processes["frames"].pid).children()
    return sum(child.memory_info().rss for child in children) / len(children) / 1e6
