"""Rate limits: fixed windows in Redis across all gateways, token buckets in one process."""

import asyncio
import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from fastapi import Request
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.auth.client_address import client_address
from api.errors import TooMany
from api.rare_log import RareLog
from api.refusals import is_frame_request

log = logging.getLogger(__name__)

MAX_SECONDS = 2.0
"""A request that waits for its count may hold a thread, of which there are few."""

MAX_BUCKETS = 10_000

INVALID_PER_SECOND = 50
INVALID_BURST = 2_000
"""Per address, which may be a whole school's, and gateway process. Each takes about 2 ms to answer."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` requests per client and `window_seconds`, counted in Redis across all gateways."""

    key: str
    what: str
    """Names the requests in errors: "too many {what}"."""
    limit: int
    window_seconds: int

    async def count(self, redis: Redis, client: object) -> None:
        """Count a request of `client`; raise TooMany above the limit.

        While Redis is unavailable nothing is counted or refused.
        """
        now = time.time()
        key = f"limit:{self.key}:{client}:{now // self.window_seconds:.0f}"
        try:
            async with asyncio.timeout(MAX_SECONDS), redis.pipeline() as pipe:
                pipe.incr(key)
                pipe.expire(key, self.window_seconds)
                count, _ = await pipe.execute()
        except (TimeoutError, RedisError) as error:
            log.warning("rate limit of %s not enforced: %s", self.what, type(error).__name__)
            return
        if count > self.limit:
            raise TooMany(self.what, self.window_seconds - now % self.window_seconds)


class TokenBucket:
    """Allow `per_second` on average, and up to `burst` at once."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._counted_at = clock()

    def take(self) -> bool:
        """Take a token; return False if none is left."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class TokenBuckets:
    """One token bucket per client; drops the oldest above `MAX_BUCKETS`."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[Hashable, TokenBucket] = {}

    def take(self, client: Hashable) -> bool:
        """Take a token of `client`; return False if none is left."""
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = TokenBucket(self._per_second, self._burst)
            if len(self._buckets) > MAX_BUCKETS:
                del self._buckets[next(iter(self._buckets))]
        return bucket.take()


class InvalidRequests:
    """Limit invalid requests per address; valid requests are never affected."""

    def __init__(self) -> None:
        self._buckets = TokenBuckets(INVALID_PER_SECOND, INVALID_BURST)
        self._log = RareLog(log)

    def refuse(self, request: Request) -> TooMany | None:
        """Count an invalid request; return the error to send instead if there are too many."""
        # `FrameThrottle` limits frames, per participant.
        if is_frame_request(request.scope) or self._buckets.take(client_address(request)):
            return None
        self._log.warning("too many invalid requests from one address")
        return TooMany("invalid requests from this address", 1)
