"""`python -m dev chaos`: everything goes wrong under a steady stream of frames, and nothing may be lost.

The real system runs, each part a process, and is stopped, killed, starved and lied to, one fault after the
other. At the end every frame that was accepted is accounted for.
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
from dev.chaos.table import Happened, lines
from dev.stack.errors import StackFailedError

BEFORE = "before the first fault"
CALM_SECONDS = 3.0

_logger = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Do the faults, print what became of the frames; 1 when anything is not as promised."""
    parser = argparse.ArgumentParser(prog="python -m dev chaos")
    parser.add_argument("--seed", type=int, help="of the faults' order (a new one, printed)")
    parser.add_argument("--minutes", type=float, help="how long to go on, round by round (one round)")
    parser.add_argument("--only", metavar="WORDS", help="only faults in whose name these words are")
    parser.add_argument("--data", type=Path, help="where to leave logs and data (nowhere)")
    chosen = parser.parse_args(arguments)
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(10_000)
    print(f"seed {seed}", flush=True)
    there_is_time = chosen.minutes or chosen.only
    wanted = [fault for fault in FAULTS if (chosen.only or "") in fault.name]
    if not wanted:
        parser.error(f"no fault is called so; there are: {', '.join(fault.name for fault in FAULTS)}")
    wanted = [fault for fault in wanted if there_is_time or not fault.takes_long]
    left_out = {fault.name: obstacle for fault in wanted if (obstacle := fault.obstacle())}
    faults = [fault for fault in wanted if fault.name not in left_out]
    if not faults:
        parser.error("\n".join(f"{name} can't be done: {obstacle}" for name, obstacle in left_out.items()))
    with (
        tempfile.TemporaryDirectory(prefix="proctor-chaos-") as nowhere,
        System((chosen.data or Path(nowhere)).resolve(), seed) as system,
    ):
        happened = cause(system, _in_turn(faults, system.chance, chosen.minutes))
        result = settle(system)
        print("\n".join(lines(system, happened, left_out, result)))
    return 1 if result.troubles or any(fault.troubles for fault in happened) else 0


def _in_turn(faults: Sequence[Fault], chance: random.Random, minutes: float | None) -> Iterator[Fault]:
    """Each once; with time left each once again, in another order."""
    end = time.monotonic() + (minutes or 0) * 60
    while True:
        for fault in chance.sample(faults, len(faults)):
            yield fault
            if minutes and time.monotonic() > end:
                return
        if not minutes:
            return


def cause(system: System, faults: Iterator[Fault]) -> list[Happened]:
    """One fault after the other, each until its consequences are over."""
    happened: dict[str, Happened] = {}
    system.stream.during = BEFORE
    system.parts.wait_until(lambda: system.stream.judged_since(0) is not None, "a first frame is judged")
    for fault in faults:
        _logger.info("%s", fault.name)
        system.stream.during = fault.name
        row = happened.setdefault(fault.name, Happened(fault.name))
        try:
            row.seconds.append(_go_through(system, fault))
        except StackFailedError as error:
            row.troubles.append(f"{fault.name}: {error}")
        system.parts.wait(CALM_SECONDS)
    return list(happened.values())


def _go_through(system: System, fault: Fault) -> float:
    """Returns how many seconds the consequences outlived the cause."""
    fault.happen(system)
    cleared = time.monotonic()
    system.parts.wait_until(lambda: fault.over(system, cleared), "its consequences are over")
    return time.monotonic() - cleared


def settle(system: System) -> Account:
    """Let no more frames come, wait for the end of those that did, and take stock."""
    system.stream.leave()
    _logger.info("waiting for the last frames")
    try:
        system.parts.wait_until(lambda: not system.stream.open, "every frame has ended")
    except StackFailedError as error:
        _logger.warning("%s", error)  # what is open still is lost, and will be counted so
    return account(system)
