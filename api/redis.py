"""Connect the gateway to Redis."""

from typing import Any

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, ResponseError, TimeoutError  # noqa: A004 - redis's

from shared.redis.refusals import to_connection_error
from shared.settings import Settings

REDIS_CONNECTIONS = 1_000


def connect_redis(settings: Settings) -> Redis:
    """Return a pooled client that connects at first use; every operation has a time-out."""
    pool = _Pool.from_url(
        settings.redis_url.get_secret_value(),
        max_connections=REDIS_CONNECTIONS,
        socket_timeout=5,
        socket_connect_timeout=2,
        retry=_retry_once(),
    )
    return Redis.from_pool(pool)


def _retry_once() -> Retry:
    """Retry on a new connection: after a restart of Redis each pooled one would fail one request."""
    retry = Retry(NoBackoff(), 1)
    # uvloop raises RuntimeError for a reset connection, and redis-py 8.1 lets it through (its issue 4287).
    # The method is typed as if it accepted redis's own errors only.
    retry.update_supported_errors([RuntimeError])  # type: ignore[list-item]
    return retry


class _Pool(ConnectionPool):
    """Close idle connections when one fails: they lead to the same server."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as redis-py's
        super().__init__(**options)
        base = self.connection_class
        self.connection_class = type(base.__name__, (_Connection, base), {"pool": self})

    async def close_idle(self) -> None:
        # `nowait` does not yield to the event loop, so that no connection is taken from the pool meanwhile.
        for connection in self._available_connections:
            await connection.disconnect(nowait=True)


class _Connection(AbstractConnection):
    pool: _Pool

    async def read_response(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as redis-py's
        try:
            return await super().read_response(*args, **options)
        except ResponseError as error:
            if not (unavailable := to_connection_error(error)):
                raise
            await self.disconnect(nowait=True)
            await self.pool.close_idle()
            raise unavailable from error
        except (ConnectionError, TimeoutError):
            await self.pool.close_idle()
            raise
