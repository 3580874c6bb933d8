"""A drill: candidates take an exam for some minutes, and the system is measured."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import psutil
from redis import Redis
from sqlalchemy import Engine

from dev.load.candidates import End, Outcome
from dev.load.drill.limit import Cores, read_cores
from dev.load.drill.servers import (
    Kind,
    PostgresFigures,
    RedisFigures,
    measure_keys,
    open_jobs,
    read_postgres,
    read_redis,
)
from dev.load.drill.usage import Usage, usages
from dev.load.exam import Exam
from dev.load.work import Work, read_process, read_work
from dev.stack.errors import CannotStartError
from dev.stack.processes import Process
from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.jobs.model import ENGINE_KEY
from shared.redis.client import open_redis
from shared.settings import Settings
from shared.shards import parse_shards

TWO_FACES_EVERY = 50
"""One of so many frames shows a second person: far more than in a normal exam."""

MAX_SLOWDOWN = 1.2
"""A system that keeps up asks for frames at most this much later than at its usual interval."""

IDLE_SECONDS = 10.0
"""Processor time is counted in ticks of 10 ms: a shorter time would be too inaccurate to subtract."""
SAMPLE_SECONDS = 1.0
USAGE_SECONDS = 15.0
GRACE_SECONDS = 60.0


@dataclass(frozen=True)
class Target:
    """The measured system. Of a remote one the processes, and maybe the servers, are unknown."""

    url: str
    settings: Settings
    redis_url: str | None
    database_url: str | None
    parts: dict[str, Process] = field(default_factory=dict)
    workers: int | None = None

    @classmethod
    def of_stack(cls, stack: Stack, workers: int) -> "Target":
        """Return a local stack as target."""
        environment = stack.environment
        settings = Settings.model_validate(
            {name: environment[name.upper()] for name in Settings.model_fields if name.upper() in environment}
        )
        return cls(stack.url, settings, stack.redis_url, stack.database_url, stack.processes, workers)

    def check(self) -> None:
        """Raise `StackFailedError` if a process has ended."""
        for part in self.parts.values():
            part.check()


@dataclass
class Drill:
    """The measurements. Times are in seconds since the start."""

    target: Target
    candidates: int
    interval: float = 0.0
    """Between two frames of a candidate, as the gateway asks for."""
    seconds: float = 0.0
    """Until the candidates were told to leave."""
    outcomes: list[tuple[float, Outcome]] = field(default_factory=list)
    waiting: list[tuple[float, float]] = field(default_factory=list)
    usages: list[tuple[float, dict[str, Usage]]] = field(default_factory=list)
    work: dict[str, Work] = field(default_factory=dict)
    """Of each part, and of the `client`."""
    cores: Cores = field(default_factory=Cores)
    """Of the machine."""
    idle: dict[str, float] = field(default_factory=dict)
    """Cores that each part used before the exam."""
    lateness: list[float] = field(default_factory=list)
    """By how many seconds the client's event loop was late, measured ten times a second."""
    redis: Sequence[RedisFigures] = ()
    """Before and after."""
    keys: dict[str, Kind] = field(default_factory=dict)
    postgres: Sequence[PostgresFigures] = ()
    """Before and after."""

    @property
    def ends(self) -> Counter[End]:
        """The number of frames by how they ended."""
        return Counter(outcome.end for _, outcome in self.outcomes)

    @property
    def ages(self) -> list[float]:
        """Seconds from sending to verdict, sorted."""
        return sorted(outcome.seconds for _, outcome in self.outcomes if outcome.end is End.DONE)

    @property
    def kept_up(self) -> bool:
        """Whether no candidate was refused or slowed down much."""
        requested = [outcome.requested_ms for _, outcome in self.outcomes if outcome.requested_ms]
        limit = MAX_SLOWDOWN * self.interval * 1000
        return not self.ends[End.REFUSED] and max(requested, default=0) <= limit

    @property
    def counts(self) -> Counter[str]:
        """Jobs accepted, done, failed and expired during the drill, by the system's own count."""
        before, after = self.redis
        return after.counts - before.counts


def drill(target: Target, candidates: int, seconds: float) -> Drill:
    """Run the exam and measure everything.

    Raises:
        CannotStartError: there are several Redis servers.
        StackFailedError: a process of the stack ended, or the gateway refused the candidates.
    """
    record = Drill(target, candidates)
    with ExitStack() as opened:
        redis = database = None
        if target.redis_url:
            redis = opened.enter_context(_open(target.redis_url))
        if target.database_url:
            database = connect(Settings(database_url=target.database_url), pool_size=1)
            opened.callback(database.dispose)
        if target.parts and redis:
            _wait_for_workers(redis, target)
            record.idle = _idle(target)
        _read_servers(record, redis, database)
        _run_exam(record, redis, seconds)
        _read_servers(record, redis, database)
        if redis:
            record.keys = measure_keys(redis)
    return record


def _open(redis_url: str) -> Redis:
    shard, *further = parse_shards(redis_url)
    if further:
        raise CannotStartError("The drill measures one Redis, and REDIS_URL names several: unset it.")
    return open_redis(shard.url, decode_responses=True)


def _read_servers(record: Drill, redis: Redis | None, database: Engine | None) -> None:
    if redis:
        record.redis = (*record.redis, read_redis(redis))
    if database:
        record.postgres = (*record.postgres, read_postgres(database))


def _wait_for_workers(redis: Redis, target: Target) -> None:
    """Return when a worker has loaded its detector."""
    while not redis.exists(ENGINE_KEY):
        target.check()
        time.sleep(0.1)


def _idle(target: Target) -> dict[str, float]:
    before = read_work(target.parts)
    time.sleep(IDLE_SECONDS)
    after = read_work(target.parts)
    return {name: (after[name] - before[name]).cpu / IDLE_SECONDS for name in before}


def _run_exam(record: Drill, redis: Redis | None, seconds: float) -> None:
    target, started = record.target, time.monotonic()
    before, cores_before = _work(target), read_cores()

    def note(outcome: Outcome) -> None:
        record.outcomes.append((time.monotonic() - started, outcome))

    with Exam(
        target.url,
        target.settings.operator_key,
        note,
        candidates=record.candidates,
        two_faces_every=TWO_FACES_EVERY,
        grace_seconds=GRACE_SECONDS,
    ) as exam:
        record.interval = exam.interval
        asyncio.run_coroutine_threadsafe(_record_lateness(record.lateness), exam.loop)
        while (at := time.monotonic() - started) < seconds:
            target.check()
            if redis:
                record.waiting.append((at, open_jobs(redis)))
            if not record.usages or at - record.usages[-1][0] >= USAGE_SECONDS:
                record.usages.append((at, usages(target.parts)))
            time.sleep(min(SAMPLE_SECONDS, seconds - at))
        record.seconds = time.monotonic() - started
    after, record.cores = _work(target), read_cores() - cores_before
    record.work = {name: after[name] - before[name] for name in before}


def _work(target: Target) -> dict[str, Work]:
    return read_work(target.parts) | {"client": read_process(psutil.Process())}


async def _record_lateness(lateness: list[float]) -> None:
    """Run until the loop ends."""
    pause, clock = 0.1, asyncio.get_running_loop().time
    while True:
        due = clock() + pause
        await asyncio.sleep(pause)
        lateness.append(clock() - due)
