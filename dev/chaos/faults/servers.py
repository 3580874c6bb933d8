"""Faults of Redis and Postgres: stopped on purpose, hence not restarted by the supervisor."""

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
    """Restart Redis without its append-only file."""
    system.parts.stop("valkey")
    shutil.rmtree(system.redis_data / "appendonlydir")
    system.forgotten_at.append(time.monotonic())
    system.parts.start("valkey")


FAULTS = (
    Fault("Redis stops and starts", partial(_stop, "valkey")),
    Fault("Redis comes back empty", _empty_redis),
    Fault("Postgres stops and starts", partial(_stop, "postgres")),
)
