"""`python -m dev chaos`: inject faults under a steady stream of frames, and check that nothing is lost.

The real system runs, each part a process, and is stopped, killed, starved and deceived, one fault after
another. At the end every accepted frame is accounted for.
"""

import argparse
import logging
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from dev.chaos.account import Account, account
from dev.chaos.faults import FAULTS
from dev.chaos.faults.fault import Fault
from dev.chaos.system import System
from dev.chaos.table import FaultResult, lines
from dev.stack.errors import StackFailedError

BEFORE = "before the first fault"
CALM_SECONDS = 1.0

_logger = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Inject the faults and print the outcomes of the frames; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m dev chaos")
    parser.add_argument("--seed", type=int, help="of the order of faults (random, printed)")
    parser.add_argument("--minutes", type=float, help="how long to run, in rounds (one round)")
    parser.add_argument("--only", metavar="WORDS", help="only faults whose name contains WORDS")
    parser.add_argument("--data", type=Path, help="where to keep logs and data (a temporary directory)")
    chosen = parser.parse_args(arguments)
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(10_000)
    print(f"seed {seed}", flush=True)
    has_time = chosen.minutes or chosen.only
    wanted = [fault for fault in FAULTS if (chosen.only or "") in fault.name]
    if not wanted:
        parser.error(f"no such fault; there are: {', '.join(fault.name for fault in FAULTS)}")
    wanted = [fault for fault in wanted if has_time or not fault.takes_long]
    left_out = {fault.name: obstacle for fault in wanted if (obstacle := fault.obstacle())}
    faults = [fault for fault in wanted if fault.name not in left_out]
    if not faults:
        parser.error("\n".join(f"{name} is impossible: {obstacle}" for name, obstacle in left_out.items()))
    with (
        tempfile.TemporaryDirectory(prefix="proctor-chaos-") as temporary,
        System((chosen.data or Path(temporary)).resolve(), seed) as system,
    ):
        results = inject_all(system, _shuffled(faults, system.chance, chosen.minutes))
        result = drain(system)
        print("\n".join(lines(system, results, left_out, result)))
    return 1 if result.problems or any(fault.problems for fault in results) else 0


def _shuffled(faults: Sequence[Fault], chance: random.Random, minutes: float | None) -> Iterator[Fault]:
    """Yield each fault once; while there is time, all again in another order."""
    end = time.monotonic() + (minutes or 0) * 60
    while True:
        for fault in chance.sample(faults, len(faults)):
            yield fault
            if minutes and time.monotonic() > end:
                return
        if not minutes:
            return


def inject_all(system: System, faults: Iterator[Fault]) -> list[FaultResult]:
    """Inject one fault after another, and wait for the recovery from each."""
    results: dict[str, FaultResult] = {}
    system.stream.during = BEFORE
    system.parts.wait_until(lambda: system.stream.judged_since(0), "a first frame of each shard is judged")
    for fault in faults:
        _logger.info("%s", fault.name)
        system.stream.during = fault.name
        row = results.setdefault(fault.name, FaultResult(fault.name))
        try:
            row.seconds.append(_inject(system, fault))
        except StackFailedError as error:
            row.problems.append(f"{fault.name}: {error}")
        system.parts.wait(CALM_SECONDS)
    return list(results.values())


def _inject(system: System, fault: Fault) -> float:
    """Return the seconds from the end of the fault to the recovery."""
    fault.inject(system)
    cleared = time.monotonic()
    system.parts.wait_until(lambda: fault.is_over(system, cleared), "its consequences are over")
    return time.monotonic() - cleared


def drain(system: System) -> Account:
    """Stop sending frames, wait until all have ended, and account for them."""
    system.stream.leave()
    _logger.info("waiting for the last frames")
    try:
        system.parts.wait_until(lambda: system.stream.is_over, "every frame has ended")
    except StackFailedError as error:
        _logger.warning("%s", error)  # frames that are still open count as lost
    return account(system)
