"""`python -m dev bench`: the overhead of the system over its bare parts.

Ratios are of two measurements that alternate in one run, and most compare processor time, which neighbours on
the machine hardly change. What is measured by the clock needs a quiet machine.
"""

import argparse
import tempfile
from pathlib import Path

from dev.load.bench import (
    bloat,
    cost,
    gateway,
    growth,
    held,
    inbox,
    latency,
    memory,
    one_redis,
    pages,
    recording,
    shards,
    throughput,
    timeline,
)

MEASURES = {
    "cost": cost.measure,
    "throughput": throughput.measure,
    "latency": latency.measure,
    "redis": one_redis.measure,
    "shards": shards.measure,
    "gateway": gateway.measure,
    "held": held.measure,
    "growth": growth.measure,
    "inbox": inbox.measure,
    "memory": memory.measure,
    "bloat": bloat.measure,
    "timeline": timeline.measure,
    "pages": pages.measure,
    "recording": recording.measure,
}


def main(arguments: list[str]) -> int:
    """Run the chosen measurements, or all; return 1 if a figure misses its bound."""
    parser = argparse.ArgumentParser(prog="python -m dev bench")
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(MEASURES)} (all)")
    chosen = parser.parse_args(arguments).measures or list(MEASURES)
    if unknown := set(chosen) - set(MEASURES):
        parser.error(f"there is no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    missed = 0
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="proctor-bench-") as data:
            for figure in MEASURES[name](Path(data)):
                print(figure, flush=True)
                missed += not figure.reached
    return 1 if missed else 0
