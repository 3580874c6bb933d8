"""Redis's clock, which decides all deadlines, jumps: forward by more than a frame may wait, then back.

Clocks of Python processes can't be changed: under libfaketime `time.sleep` fails.
"""

from dev.chaos.clock import CACHE_SECONDS, MISSING, library
from dev.chaos.faults.fault import Fault
from dev.chaos.system import System

JUMP_SECONDS = 600


def _jump(system: System) -> None:
    for seconds in (JUMP_SECONDS, -JUMP_SECONDS, 0):
        system.redis_clock.jump(seconds)
        system.parts.wait(2 * CACHE_SECONDS)


def _no_clock() -> str | None:
    return None if library() else MISSING


FAULTS = (Fault("Redis's clock jumps", _jump, obstacle=_no_clock),)
