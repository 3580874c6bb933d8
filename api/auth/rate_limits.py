"""Rate limits: fixed windows in Redis for all gateways, token buckets in this process."""

import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from anyio import from_thread
from fastapi import Request
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.auth.client_address import address_of
from api.errors import TooMany
from api.rare_log import RareLog
from api.refusals import brings_frame

log = logging.getLogger(__name__)

MAX_BUCKETS = 10_000

INVALID_PER_SECOND = 50
INVALID_BURST = 2_000
"""By address, which may be a whole school's, and gateway process. Answering one takes about 2 ms."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `most` in each window of `seconds`, counted in Redis for all gateways; errors name `what`."""

    key: str
    what: str
    most: int
    seconds: int

    async def count(self, redis: Redis, who: object) -> None:
        """Count one more of `who`; raise TooMany beyond the limit.

        While Redis is unavailable nothing is counted: what needs no Redis goes on.
        """
        now = time.time()
        key = f"limit:{self.key}:{who}:{now // self.seconds:.0f}"
        try:
            async with redis.pipeline() as pipe:
                pipe.incr(key)
                pipe.expire(key, self.seconds)
                count, _ = await pipe.execute()
        except RedisError as error:
            log.warning("%s are not counted: %s", self.what, type(error).__name__)
            return
        if count > self.most:
            raise TooMany(self.what, self.seconds - now % self.seconds)

    def count_from_thread(self, redis: Redis, who: object) -> None:
        """As `count`, for code that FastAPI runs in a worker thread."""
        from_thread.run(self.count, redis, who)


class TokenBucket:
    """`per_second` in the long run, and up to `burst` at once; counted in this process."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._counted_at = clock()

    def take(self) -> bool:
        """Take a token; False when none is left."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class TokenBuckets:
    """A token bucket for each of many clients; drops the oldest beyond `MAX_BUCKETS`."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[Hashable, TokenBucket] = {}

    def take(self, who: Hashable) -> bool:
        """Take a token of `who`; False when none is left."""
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = TokenBucket(self._per_second, self._burst)
            if len(self._buckets) > MAX_BUCKETS:
                del self._buckets[next(iter(self._buckets))]
        return bucket.take()


class InvalidRequests:
    """Limits invalid requests by address, apart from all other limits: valid ones are never affected."""

    def __init__(self) -> None:
        self._buckets = TokenBuckets(INVALID_PER_SECOND, INVALID_BURST)
        self._log = RareLog(log)

    def refuse(self, request: Request) -> TooMany | None:
        """Count one more; return the error to answer instead when there are too many."""
        # Frames are counted by participant, before they are read.
        if brings_frame(request.scope) or self._buckets.take(address_of(request)):
            return None
        self._log.warning("an address sends too many invalid requests")
        return TooMany("invalid requests from this address", 1)
