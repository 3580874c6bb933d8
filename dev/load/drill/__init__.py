"""`python -m dev drill`: simulated candidates take an exam, and the load is measured."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.load.drill.plan import Plan
from dev.load.drill.plot import plot
from dev.load.drill.report import report
from dev.load.drill.run import Target, drill
from dev.load.drill.scaling import scaling
from dev.load.drill.sizing import Sizing
from dev.load.drill.soak import soak
from dev.stack.stack import DATA, Stack
from shared.settings import Settings


def main(arguments: list[str]) -> int:
    """Run the drill and print its report."""
    chosen = _parse(arguments)
    for line in _exam(chosen):
        print(line, flush=True)
    if chosen.simulated_ms:
        with tempfile.TemporaryDirectory(prefix="proctor-drill-") as data:
            for line in scaling(Path(data), chosen.simulated_ms, chosen.workers):
                print(line, flush=True)
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev drill")
    parser.add_argument("--candidates", type=int, default=300, help="how many candidates (300)")
    parser.add_argument(
        "--interval", type=float, default=5, help="seconds between two frames of one (5; with --url its own)"
    )
    parser.add_argument("--minutes", type=float, default=2, help="how long the exam lasts (2)")
    parser.add_argument("--url", help="of a running system; without it, one is started")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count(), help="processes that judge (one per core)"
    )
    parser.add_argument(
        "--plan", type=int, nargs="+", default=(), metavar="N", help="estimate what N candidates would take"
    )
    parser.add_argument(
        "--simulated-ms",
        type=float,
        metavar="MS",
        help="use an engine that only sleeps; then measure the throughput with 1 to --workers workers",
    )
    parser.add_argument(
        "--plot", type=Path, default=DATA / "drill.png", help="where to save the plot (.data/drill.png)"
    )
    chosen = parser.parse_args(arguments)
    if chosen.url and (chosen.plan or chosen.simulated_ms):
        parser.error("--plan and --simulated-ms need a system that the drill starts, hence no --url")
    return chosen


def _exam(chosen: argparse.Namespace) -> Iterator[str]:
    with _target(chosen) as target:
        record = drill(target, chosen.candidates, chosen.minutes * 60)
    yield from report(record)
    if target.parts:
        yield from soak(record.usages, record.target.settings.job_retention_seconds)
    for candidates in chosen.plan:
        yield from Plan(Sizing.of(record), record.target.settings, candidates, record.interval).rows()
    plot(record, chosen.plot)
    yield f"Over time: {chosen.plot}"


@contextmanager
def _target(chosen: argparse.Namespace) -> Iterator[Target]:
    if chosen.url:
        # Its servers are measured if the environment names them.
        yield Target(chosen.url, Settings(), os.environ.get("REDIS_URL"), os.environ.get("DATABASE_URL"))
        return
    environment = os.environ | {
        "FRAME_INTERVAL_MS": str(round(chosen.interval * 1000)),
        "JOINS_PER_MINUTE": "1000000",  # all join from one address
        "MEETING_CAPACITY": "1000000",
    }
    if chosen.simulated_ms:
        environment |= {"DETECTOR": "simulated", "SIMULATED_DETECTOR_MS": str(chosen.simulated_ms)}
    with (
        tempfile.TemporaryDirectory(prefix="proctor-drill-") as data,
        Stack(Path(data), environment=environment, workers=chosen.workers) as stack,
    ):
        yield Target.of_stack(stack, chosen.workers)
