"""`python -m dev exam FOLDER`: simulate exams from labelled pictures, and measure flags over time."""

import argparse
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.accuracy.labels import read_labels
from dev.exam.candidate import read_candidates
from dev.exam.judge import FrameJudge
from dev.exam.report import report
from dev.exam.sitting import Sitting, sit
from dev.exam.timetable import plan
from dev.stack.errors import CannotStartError
from dev.stack.servers import valkey
from shared.settings import Settings
from worker.engines.engine import load_detectors


def main(arguments: list[str]) -> int:
    """Simulate each candidate's exam and print the figures."""
    options = _parser().parse_args(arguments)
    labels = read_labels(options.folder, options.group)
    if not any(label.persons == 1 for label in labels):
        raise CannotStartError(f"{options.folder}: no picture is labelled with exactly one person")
    with _redis() as url:
        settings = Settings(redis_url=url)
        judge = FrameJudge(settings, load_detectors(settings))
        candidates = read_candidates(labels, judge.face_score)
        sittings: list[Sitting] = []
        for candidate in candidates:
            rng = random.Random(f"{options.seed} {candidate.name}")  # noqa: S311 - a simulation
            spells = plan(candidate, 3600 * options.hours / len(candidates), rng)
            sittings.append(sit(candidate, spells, judge, settings.frame_interval_ms, rng))
            print(f"{candidate.name or 'candidate'}: {sittings[-1].frames} frames", flush=True)
    print("", *report(sittings), sep="\n")
    return 0


@contextmanager
def _redis() -> Iterator[str]:
    """Run a Valkey of our own, which ends with this process."""
    lock = os.open(os.devnull, os.O_RDONLY)
    try:
        with tempfile.TemporaryDirectory(prefix="proctor-exam-") as name:
            server = valkey(Path(name) / "valkey", Path(name), lock)
            server.process.start()
            try:
                yield server.url
            finally:
                server.process.stop()
    finally:
        os.close(lock)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dev exam",
        description="FOLDER/labels.csv needs the columns file, faces, persons and the one that names the "
        "candidate. Pictures of one person are the exam, of two a helper, of none an absence.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--group", default="group", metavar="COLUMN", help="names the candidate (group)")
    parser.add_argument("--hours", type=float, default=10, help="simulated hours, of all together (10)")
    parser.add_argument("--seed", type=int, default=1, help="of the simulation's random numbers (1)")
    return parser
