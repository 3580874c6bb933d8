"""How often something may be done in one meeting, or from one address."""

import logging
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.errors import TooMany

log = logging.getLogger(__name__)

IPV6_SITE = 64
"""Whoever has one IPv6 address has all that begin with the same bits."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in a window of time; `what` is how the refusal names them."""

    key: str
    what: str
    most: int
    seconds: int

    async def count(self, redis: Redis, who: object) -> None:
        """One more; raises TooMany when there have been enough already.

        While Redis is away nothing is counted: what needs no Redis goes on.
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


def address_of(request: Request) -> str:
    """Where a request comes from: uvicorn has already looked behind the proxies that it trusts."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_SITE), strict=False))
    return str(address)
