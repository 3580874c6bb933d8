"""Faults of Redis and Postgres: stopped on purpose, hence not restarted by the supervisor."""

import os
import shutil
import signal
import time
from functools import partial

from dev.chaos.faults.fault import Fault
from dev.chaos.system import OTHER, DataLoss, System
from dev.stack.pgbouncer import MISSING, find_pgbouncer
from dev.stack.replicated import wait_until_replicated
from dev.stack.servers import Server

DOWN_SECONDS = 5
FROZEN_SECONDS = 20
"""Longer than all time-outs of connections to Redis."""


def _stop(name: str, system: System) -> None:
    system.parts.stop(name)
    system.parts.wait(DOWN_SECONDS)
    system.parts.start(name)


def _stop_redis(system: System) -> None:
    _stop(system.primary().process.name, system)


def _empty_redis(system: System) -> None:
    """Restart Redis without its append-only file."""
    name = system.primary().process.name
    start = time.monotonic()
    system.parts.stop(name)
    shutil.rmtree(system.redis_data / name / "appendonlydir")
    system.main.data_losses.append(DataLoss(0, start, time.monotonic()))
    system.parts.start(name)


def _fail_over(system: System) -> None:
    """Exchange primary and replica as an administrator would before maintenance."""
    system.parts.wait_until(system.servers.can_fail_over, "the replica has everything")
    previous = system.primary()
    system.servers.fail_over()
    _wait_for_successor(system, previous)


def _lose_primary(system: System) -> None:
    """Kill the primary for good. What it accepts after the last look at its replica may be forgotten."""
    system.parts.wait_until(system.servers.can_fail_over, "the replica has everything")
    primary = system.primary()
    last_look = time.monotonic()
    wait_until_replicated(primary.url)
    start = time.monotonic()
    system.parts.kill(primary.process.name)
    system.servers.watch_primary(closely=True)
    _wait_for_successor(system, primary)
    system.servers.watch_primary(closely=False)
    system.main.data_losses.append(DataLoss(last_look, start, time.monotonic()))
    system.parts.start(primary.process.name)


def _wait_for_successor(system: System, previous: Server) -> None:
    system.parts.wait_until(
        lambda: system.servers.primary not in {None, previous}, "the replica has taken over"
    )


def _kill_shard(system: System) -> None:
    system.parts.kill(OTHER)
    _wait_for_main_shard(system)
    system.parts.start(OTHER)


def _freeze_shard(system: System) -> None:
    pid = system.parts[OTHER].pid
    os.kill(pid, signal.SIGSTOP)
    _wait_for_main_shard(system)
    system.parts.wait(FROZEN_SECONDS)
    os.kill(pid, signal.SIGCONT)


def _empty_shard(system: System) -> None:
    start = time.monotonic()
    system.parts.stop(OTHER)
    _wait_for_main_shard(system)
    shutil.rmtree(system.other_data / "appendonlydir")
    system.other.data_losses.append(DataLoss(0, start, time.monotonic()))
    system.parts.start(OTHER)


def _wait_for_main_shard(system: System) -> None:
    """Wait until a frame of the main shard, sent from now on, is judged: it must not need the other."""
    now = time.monotonic()
    system.parts.wait_until(
        lambda: system.stream.judged_since(now, system.main.meeting_id), "the main shard goes on"
    )


def _no_pgbouncer() -> str | None:
    return None if find_pgbouncer() else MISSING


FAULTS = (
    Fault("Redis stops and starts", _stop_redis),
    Fault("Redis comes back empty", _empty_redis),
    Fault("Redis fails over as planned", _fail_over),
    Fault("the primary Redis is lost", _lose_primary),
    Fault("a shard is killed", _kill_shard),
    Fault("a shard is frozen", _freeze_shard),
    Fault("a shard comes back empty", _empty_shard),
    Fault("Postgres stops and starts", partial(_stop, "postgres")),
    Fault("PgBouncer stops and starts", partial(_stop, "pgbouncer"), obstacle=_no_pgbouncer),
)
