"""How often something may be done in one meeting, or from one address."""

import logging
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from anyio import from_thread
from fastapi.requests import HTTPConnection
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.errors import TooMany

log = logging.getLogger(__name__)

IPV6_SITE = 64
"""Whoever has one IPv6 address has all that begin with the same bits."""

NAT64 = IPv6Network("64:ff9b::/96")


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

    def count_from_thread(self, redis: Redis, who: object) -> None:
        """As `count`, for code that FastAPI runs in a worker thread."""
        from_thread.run(self.count, redis, who)


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from: uvicorn has already looked behind the proxies that it trusts."""
    return group_address(connection.client.host if connection.client else "")


def group_address(host: str) -> str:
    """The address under which a host is counted: its own, or for IPv6 its site's."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        address = _ipv4_within(address) or address
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_SITE), strict=False))
    return str(address)


def _ipv4_within(address: IPv6Address) -> IPv4Address | None:
    """What an IPv6 socket (`::ffff:…`) or a NAT64 gateway writes as IPv6; all of them would share one /64."""
    if address in NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped
