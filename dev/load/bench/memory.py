"""Growth of a worker's memory over 20,000 frames."""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import psutil

from dev.load.bench.figure import Figure
from dev.load.bench.frames import Frames
from dev.load.bench.load import NO_LIMITS, judge_all
from dev.stack.stack import Stack

FRAMES = 20_000
WARM_UP = 400


def measure(data: Path) -> Iterator[Figure]:
    """Measure the pool's processes, with a real detector, after the first frames and after all."""
    with Stack(data, environment=NO_LIMITS) as stack:
        frames = Frames(stack.url)
        judge_all(stack.url, frames, frames.take(WARM_UP))
        before = _megabytes(stack)
        judge_all(stack.url, frames, frames.take(FRAMES - WARM_UP))
        after = _megabytes(stack)
    yield Figure(
        "worker memory, growth",
        after / before,
        f"{after:.0f} MB after {FRAMES} frames ÷ {before:.0f} MB after {WARM_UP}, mean of the processes",
        at_most=1.03,
    )


def _megabytes(stack: Stack) -> float:
    children = psutil.Process(stack.processes["frames"].pid).children()
    return mean(child.memory_info().rss for child in children) / 1e6
