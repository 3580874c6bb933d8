"""A drill: candidates sit an exam for some minutes, and everything about it is noted."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from redis import Redis
from sqlalchemy import Engine

from dev.load.candidates import End, Outcome
from dev.load.drill.servers import (
    Kind,
    PostgresFigures,
    RedisFigures,
    look_at_postgres,
    look_at_redis,
    open_jobs,
    weigh,
)
from dev.load.drill.usage import Usage, cpu_seconds, usages
from dev.load.exam import Exam
from dev.stack.processes import Process
from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.jobs.model import ENGINE_KEY
from shared.settings import Settings

COMPANY_EVERY = 50
"""In one of so many frames somebody else is to be seen: far more often than in an exam that goes well."""

IDLE_SECONDS = 3.0
LOOK_SECONDS = 1.0
USAGE_SECONDS = 15.0
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Target:
    """The system under drill; of one that runs elsewhere neither processes nor, maybe, servers are known."""

    url: str
    settings: Settings
    redis_url: str | None
    database_url: str | None
    parts: dict[str, Process] = field(default_factory=dict)
    workers: int | None = None

    @classmethod
    def of_stack(cls, stack: Stack, workers: int) -> "Target":
        """A stack of our own."""
        environment = stack.environment
        settings = Settings.model_validate(
            {name: environment[name.upper()] for name in Settings.model_fields if name.upper() in environment}
        )
        return cls(stack.url, settings, stack.redis_url, stack.database_url, stack.processes, workers)

    def check(self) -> None:
        """Raise `StackFailedError` when a part of it has ended."""
        for part in self.parts.values():
            part.check()


@dataclass
class Drill:
    """What was noted. Times are in seconds since the beginning."""

    target: Target
    candidates: int
    interval: float = 0.0
    """Between two frames of a candidate, as the gateway wants it."""
    seconds: float = 0.0
    """Until the candidates were told to leave."""
    outcomes: list[tuple[float, Outcome]] = field(default_factory=list)
    waiting: list[tuple[float, float]] = field(default_factory=list)
    usages: list[tuple[float, dict[str, Usage]]] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    """Processor seconds of each part, and of the `client`."""
    idle: dict[str, float] = field(default_factory=dict)
    """Cores that each part used before the exam."""
    lateness: list[float] = field(default_factory=list)
    """By how many seconds the client was late, ten times a second."""
    redis: Sequence[RedisFigures] = ()
    """Before and after."""
    keys: dict[str, Kind] = field(default_factory=dict)
    postgres: Sequence[PostgresFigures] = ()
    """Before and after."""

    @property
    def ends(self) -> Counter[End]:
        """How many frames ended in which way."""
        return Counter(outcome.end for _, outcome in self.outcomes)

    @property
    def ages(self) -> list[float]:
        """Seconds from sending to verdict, the shortest first."""
        return sorted(outcome.seconds for _, outcome in self.outcomes if outcome.end is End.DONE)

    @property
    def counts(self) -> Counter[str]:
        """Jobs accepted, done, failed and expired meanwhile, as the system itself counts."""
        before, after = self.redis
        return after.counts - before.counts


def drill(target: Target, candidates: int, seconds: float) -> Drill:
    """Have the exam and note everything.

    Raises:
        StackFailedError: a part of the stack ended, or the gateway let nobody in.
    """
    noted = Drill(target, candidates)
    with ExitStack() as opened:
        redis = database = None
        if target.redis_url:
            redis = opened.enter_context(Redis.from_url(target.redis_url, decode_responses=True))
        if target.database_url:
            database = connect(Settings(database_url=target.database_url), pool_size=1)
            opened.callback(database.dispose)
        if target.parts and redis:
            _wait_for_workers(redis, target)
            noted.idle = _idle(target)
        _look_at_servers(noted, redis, database)
        _hold(noted, redis, seconds)
        _look_at_servers(noted, redis, database)
        if redis:
            noted.keys = weigh(redis)
    return noted


def _look_at_servers(noted: Drill, redis: Redis | None, database: Engine | None) -> None:
    if redis:
        noted.redis = (*noted.redis, look_at_redis(redis))
    if database:
        noted.postgres = (*noted.postgres, look_at_postgres(database))


def _wait_for_workers(redis: Redis, target: Target) -> None:
    """Until they have their detector."""
    while not redis.exists(ENGINE_KEY):
        target.check()
        time.sleep(0.1)


def _idle(target: Target) -> dict[str, float]:
    before = cpu_seconds(target.parts)
    time.sleep(IDLE_SECONDS)
    after = cpu_seconds(target.parts)
    return {name: (after[name] - before[name]) / IDLE_SECONDS for name in before}


def _hold(noted: Drill, redis: Redis | None, seconds: float) -> None:
    target, started = noted.target, time.monotonic()
    before = _cpu(target)

    def note(outcome: Outcome) -> None:
        noted.outcomes.append((time.monotonic() - started, outcome))

    with Exam(
        target.url,
        target.settings.operator_key,
        note,
        candidates=noted.candidates,
        company_every=COMPANY_EVERY,
        patience=PATIENCE_SECONDS,
    ) as exam:
        noted.interval = exam.interval
        asyncio.run_coroutine_threadsafe(_note_lateness(noted.lateness), exam.loop)
        while (at := time.monotonic() - started) < seconds:
            target.check()
            if redis:
                noted.waiting.append((at, open_jobs(redis)))
            if not noted.usages or at - noted.usages[-1][0] >= USAGE_SECONDS:
                noted.usages.append((at, usages(target.parts)))
            time.sleep(min(LOOK_SECONDS, seconds - at))
        noted.seconds = time.monotonic() - started
    after = _cpu(target)
    noted.cpu = {name: after[name] - before[name] for name in before}


def _cpu(target: Target) -> dict[str, float]:
    return cpu_seconds(target.parts) | {"client": time.process_time()}


async def _note_lateness(lateness: list[float]) -> None:
    """Ends with the loop."""
    pause, clock = 0.1, asyncio.get_running_loop().time
    while True:
        due = clock() + pause
        await asyncio.sleep(pause)
        lateness.append(clock() - due)
