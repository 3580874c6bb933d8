"""`python -m dev bench`: what the system costs over its bare parts.

Every figure is a ratio, or a difference, of two things measured turn and turn about in one run; so the
figures hold on a slow or busy machine too, though a quiet one makes them steadier.
"""

import argparse
import tempfile
from pathlib import Path

from dev.load.bench import celery_alone, gateway, growth, latency, memory, pipeline

MEASURES = {
    "gateway": gateway.measure,
    "latency": latency.measure,
    "pipeline": pipeline.measure,
    "celery": celery_alone.measure,
    "growth": growth.measure,
    "memory": memory.measure,
}


def main(arguments: list[str]) -> int:
    """Measure what was asked for, or everything; 1 when a figure misses its bound."""
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
