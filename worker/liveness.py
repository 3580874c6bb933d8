"""`python -m worker.liveness`, a container's health check: frames wait, and none has been judged for long.

That a process exists says nothing (see worker/watchdog.py). What is looked at is the whole system's: while
other workers judge, one that hangs is not told apart, and does no harm.
"""

import sys
from typing import cast
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError

from shared.jobs import LAST, OPEN, job_key
from shared.queue import FRAMES
from shared.settings import read_settings

SILENT_SECONDS = 120.0
"""Longer than the watchdog waits, and a worker takes to start."""


def silent_seconds(redis: Redis) -> float:
    """For how long frames have waited for a worker without one being judged; 0 when none waits."""
    if not redis.llen(FRAMES):
        return 0.0
    # By deadline: a frame that is held while Postgres is away has a later one than those that wait here.
    oldest = cast("list[bytes]", redis.zrange(OPEN, 0, 0))
    taken_at = redis.hget(job_key(UUID(oldest[0].decode())), "taken_at") if oldest else None
    seconds, microseconds = redis.time()
    now = seconds + microseconds / 1e6
    return now - max(float(taken_at or now), float(redis.get(LAST) or 0))


def main() -> int:
    """0 unless the workers hang; a Redis that is away is no fault of theirs."""
    try:
        with Redis.from_url(read_settings().redis_url.get_secret_value(), socket_timeout=5) as redis:
            silent = silent_seconds(redis)
    except RedisError as error:
        print(f"not known: {error}")
        return 0
    print(f"frames have waited for {silent:.0f} s without one being judged")
    return int(silent > SILENT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
