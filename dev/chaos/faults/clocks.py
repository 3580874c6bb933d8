"""Redis's clock, by which all others here go, is set: forward by more than a frame may wait, then back.

The others can't be: under libfaketime Python's `time.sleep` fails.
"""

from dev.chaos.clock import MISSING, SEEN_AFTER_SECONDS, library
from dev.chaos.faults.fault import Fault
from dev.chaos.system import System

JUMP_SECONDS = 600


def _jump(system: System) -> None:
    for seconds in (JUMP_SECONDS, -JUMP_SECONDS, 0):
        system.redis_clock.jump(seconds)
        system.parts.wait(2 * SEEN_AFTER_SECONDS)


def _no_clock() -> str | None:
    return None if library() else MISSING


FAULTS = (Fault("Redis's clock jumps", _jump, obstacle=_no_clock),)
