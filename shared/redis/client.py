"""Clients of the Redis that `REDIS_URL` names, directly or through Sentinel."""

from socket import socket
from typing import Any

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool

from shared.redis.sentinel import SentinelUrl, is_sentinel_url


def open_redis(url: str, **options: Any) -> Redis:  # noqa: ANN401 - redis-py's
    """Return a client that connects when first used; `options` are redis-py's for each connection."""
    return Redis.from_pool(create_pool(url, **options))


def create_pool(url: str, **options: Any) -> ConnectionPool:  # noqa: ANN401
    """Return a pool of connections to the server; Sentinel is asked for the primary at each connection."""
    if not is_sentinel_url(url):
        return ConnectionPool.from_url(url, **options)
    parsed = SentinelUrl.parse(url)
    return sentinel_pool(parsed, **options | parsed.options)


def sentinel_pool(url: SentinelUrl, **options: Any) -> SentinelConnectionPool:  # noqa: ANN401
    """Return a pool of connections with these options."""
    retry = Retry(NoBackoff(), 0)  # the next Sentinel is asked instead
    sentinel = _Sentinel(  # type: ignore[no-untyped-call]
        url.sentinels, sentinel_kwargs={**url.sentinel_options, "retry": retry}
    )
    pool = SentinelConnectionPool(url.service, sentinel, **options)  # type: ignore[no-untyped-call]
    base = pool.connection_class
    pool.connection_class = type(base.__name__, (_PrimaryConnection, base), {})
    return pool


class _PrimaryConnection(AbstractConnection):
    """Asks Sentinel whenever it connects. redis-py retries at the previous address (its issue 3874)."""

    connection_pool: SentinelConnectionPool
    connect = AbstractConnection.connect  # redis-py's for Sentinel would ask a second time

    def _connect(self) -> socket:
        self.host, self.port = self.connection_pool.get_master_address()  # type: ignore[no-untyped-call]
        return super()._connect()  # type: ignore[no-any-return, no-untyped-call, safe-super]


class _Sentinel(Sentinel):
    """Closes its connections after each question: the next may come days later, from a forked process."""

    def discover_master(self, service_name: str) -> tuple[str, int]:
        try:
            return super().discover_master(service_name)  # type: ignore[no-any-return, no-untyped-call]
        except MasterNotFoundError:  # whose text has a kilobyte for each Sentinel
            raise MasterNotFoundError(f"no Sentinel names a primary of {service_name}") from None
        finally:
            for sentinel in self.sentinels:
                sentinel.connection_pool.disconnect(inuse_connections=False)
