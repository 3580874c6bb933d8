"""Write timelines from Redis to Postgres, before Redis forgets them."""

from collections.abc import Sequence
from typing import cast

from redis import Redis
from sqlalchemy import Engine

from shared.db.interruptions import record_interruptions
from shared.db.timeline import write_minutes
from shared.presence.timeline import (
    DUE_MINUTES,
    NEW_INTERRUPTIONS,
    parse_due,
    parse_interruption,
    parse_minute,
    remove_written,
)

BATCH = 1_000
"""Redis serves nothing else during a script, which removes so many."""


def write_due_minutes(redis: Redis, database: Engine, now: float) -> None:
    """Write the minutes that were due at `now`, in seconds since 1970, by Redis's clock.

    Idempotent: several tasks may do it at the same time. A minute is removed from Redis only after it was
    written, and if no frame was added meanwhile.
    """
    # Batch by batch: many are waiting when Postgres was down.
    while due := cast(
        "list[tuple[bytes, float]]",
        redis.zrangebyscore(DUE_MINUTES, "-inf", now, start=0, num=BATCH, withscores=True),
    ):
        _write(redis, database, due)
        remove_written(due).run(redis)
        if len(due) < BATCH:
            break


def _write(redis: Redis, database: Engine, due: Sequence[tuple[bytes, float]]) -> None:
    minutes = [parse_due(member) for member, _ in due]
    presences = cast("list[bytes | None]", redis.mget([key for key, *_ in minutes]))
    found = (
        parse_minute(presence, participant_id, minute)
        for presence, (_, participant_id, minute) in zip(presences, minutes, strict=True)
    )
    # None: Redis has lost the presence, or the participant was erased.
    write_minutes(database, [minute for minute in found if minute])


def write_new_interruptions(redis: Redis, database: Engine) -> None:
    """Write the interruptions that gateways have noted. Idempotent."""
    while lines := cast("list[bytes]", redis.srandmember(NEW_INTERRUPTIONS, BATCH)):
        record_interruptions(database, [parse_interruption(line) for line in lines])
        redis.srem(NEW_INTERRUPTIONS, *lines)
        if len(lines) < BATCH:
            break
