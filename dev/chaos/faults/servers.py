"""Redis and Postgres stop, and are started again by those who stopped them."""

import shutil
import time
from functools import partial

from dev.chaos.faults.fault import Fault
from dev.chaos.system import System

DOWN_SECONDS = 5


def _stop(name: str, system: System) -> None:
    system.parts.stop(name)
    system.parts.wait(DOWN_SECONDS)
    system.parts.start(name)


def _empty_redis(system: System) -> None:
    """As one without an append-only file comes back."""
    system.parts.stop("valkey")
    shutil.rmtree(system.redis_data / "appendonlydir")
    system.forgotten_at.append(time.monotonic())
    system.parts.start("valkey")


FAULTS = (
    Fault("Redis stops and starts", partial(_stop, "valkey")),
    Fault("Redis comes back empty", _empty_redis),
    Fault("Postgres stops and starts", partial(_stop, "postgres")),
)
