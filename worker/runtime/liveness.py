"""Health check of a container, `python -m worker.runtime.liveness`: fails if frames wait and none is judged.

An existing process proves nothing (see worker/runtime/watchdog.py). The check covers the whole system: a
worker that hangs while others judge is not detected, and does no harm.
"""

import sys
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

from shared.jobs.model import LAST_JUDGED_AT, WAITING_JOBS
from shared.redis.client import open_redis
from shared.settings import read_settings

STALLED_SECONDS = 120.0
"""Longer than the watchdog's limit plus the start of a worker."""


def stalled_seconds(redis: Redis) -> float:
    """Return for how long frames have waited without one being judged; 0 if none waits."""
    oldest = cast("list[tuple[bytes, float]]", redis.zrange(WAITING_JOBS, 0, 0, withscores=True))
    if not oldest:
        return 0.0
    [(_, taken_at)] = oldest
    seconds, microseconds = redis.time()
    return seconds + microseconds / 1e6 - max(taken_at, float(redis.get(LAST_JUDGED_AT) or 0))


def main() -> int:
    """Return 1 if the workers have stalled; 0 if Redis is down, which is not their fault."""
    try:
        with open_redis(read_settings().own_shard.url, socket_timeout=5) as redis:
            stalled = stalled_seconds(redis)
    except RedisError as error:
        print(f"unknown: {error}")
        return 0
    print(f"frames have waited for {stalled:.0f} s without one being judged")
    return int(stalled > STALLED_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
