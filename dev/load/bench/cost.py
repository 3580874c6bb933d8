"""Processor time of a frame in all parts, beside a bare loop of decoder and detectors."""

import time
from collections.abc import Iterator
from pathlib import Path

from redis import Redis
from sqlalchemy import Engine, func, select

from dev.load.bench.bare import PROCESSES, BareLoop
from dev.load.bench.figure import Figure
from dev.load.bench.frames import FLAGGED_EVERY, Frames
from dev.load.bench.load import NO_LIMITS, judge_all
from dev.load.bench.meter import Meter
from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.db.tables import Evidence, EvidenceStatus
from shared.settings import Settings

ROUNDS = 5
FRAMES = 200
WARM_UP = 100
MANY_FLAGGED_EVERY = 4


def measure(data: Path) -> Iterator[Figure]:
    """Measure with the default engine and every worker busy, few frames flagged and then many."""
    meter, bare_ms = _measure(data / "few", FLAGGED_EVERY)
    yield _ratio(meter, bare_ms, FLAGGED_EVERY, at_most=1.30)
    redis_ms = meter.part_ms("valkey")
    yield Figure(
        "Redis commands, saturated",
        meter.commands_per_frame,
        "a frame, each command of a script included",
        at_most=40,
    )
    yield Figure("Redis's processor time", redis_ms, "a frame", unit=" ms", at_most=0.5)
    yield Figure(
        "frames/s one Redis can take",
        1000 / redis_ms,
        f"1 s ÷ {redis_ms:.2f} ms: it has one core",
        at_least=2_000,
    )
    yield Figure(
        "gateway's processor time",
        meter.part_ms("gateway"),
        "a frame: POST and the answer that is held",
        unit=" ms",
        at_most=1.5,
    )
    meter, bare_ms = _measure(data / "many", MANY_FLAGGED_EVERY)
    yield _ratio(meter, bare_ms, MANY_FLAGGED_EVERY, at_most=1.45)


def _ratio(meter: Meter, bare_ms: float, flagged_every: int, at_most: float) -> Figure:
    return Figure(
        f"all parts ÷ bare, {1 / flagged_every:.0%} flagged",
        meter.cpu_ms / bare_ms,
        f"{meter.cpu_ms:.2f} ÷ {bare_ms:.2f} ms of processor time a frame, saturated",
        at_most=at_most,
    )


def _measure(data: Path, flagged_every: int) -> tuple[Meter, float]:
    """Return the cost of the frames in the stack, and the processor ms of one in the bare loop."""
    with (
        Stack(data, environment=NO_LIMITS, workers=PROCESSES) as stack,
        Redis.from_url(stack.redis_url) as redis,
        BareLoop({}, flagged_every) as bare,
    ):
        database = connect(Settings(database_url=stack.database_url), pool_size=1)
        frames, meter = Frames(stack.url, flagged_every), Meter(stack, redis)
        warm_up = frames.take(WARM_UP)
        judge_all(stack.url, frames, warm_up)
        bare.detect(warm_up)
        bare.cpu = 0.0
        for _ in range(ROUNDS):
            numbers = frames.take(FRAMES)
            bare.detect(numbers)
            with meter.counted(FRAMES):
                judge_all(stack.url, frames, numbers)
                _wait_for_uploads(database)
        database.dispose()
    for row in meter.table(f"Saturated, one of {flagged_every} frames flagged"):
        print(row)
    return meter, bare.cpu / (ROUNDS * FRAMES) * 1000


def _wait_for_uploads(database: Engine) -> None:
    pending = select(func.count()).where(Evidence.status == EvidenceStatus.PENDING)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalars(pending).one():
            time.sleep(0.1)
