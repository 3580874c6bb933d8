"""Connect the gateway to Redis."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, cast

from hiredis import Reader
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import (
    ConnectionError,  # noqa: A004 - redis's
    InvalidResponse,
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004 - redis's
)

from shared.redis.refusals import to_connection_error
from shared.redis.sentinel import SentinelUrl, is_sentinel_url

REDIS_CONNECTIONS = 1_000


def connect_redis(url: str) -> Redis:
    """Return a pooled client that connects at first use; every operation has a time-out."""
    options = {
        "max_connections": REDIS_CONNECTIONS,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        # After a restart of Redis each pooled connection would fail one request.
        "retry": Retry(NoBackoff(), 1),
    }
    if is_sentinel_url(url):
        return Redis.from_pool(_sentinel_pool(SentinelUrl.parse(url), options))
    return Redis.from_pool(_Pool.from_url(url, **options))


def _sentinel_pool(url: SentinelUrl, options: dict[str, Any]) -> ConnectionPool:
    no_retry = Retry(NoBackoff(), 0)  # the next Sentinel is asked instead
    sentinel = _Sentinel(url.sentinels, sentinel_kwargs={**url.sentinel_options, "retry": no_retry})
    return _SentinelPool(url.service, sentinel, **options | url.options)


async def _close_idle(pool: ConnectionPool) -> None:
    # `nowait` does not yield to the event loop, so that no connection is taken from the pool meanwhile, and a
    # cancelled task closes all of them.
    for connection in pool._available_connections:  # noqa: SLF001 - it can only close them with a wait
        await connection.disconnect(nowait=True)


class _Pool(ConnectionPool):
    """Close idle connections when one fails: they lead to the same server."""

    def __init__(self, *sentinel: Any, **options: Any) -> None:  # noqa: ANN401 - as redis-py's
        super().__init__(*sentinel, **options)
        base = self.connection_class
        self.connection_class = type(base.__name__, (Connection, base), {"pool": self})

    async def close_idle(self) -> None:
        await _close_idle(self)


class _SentinelPool(_Pool, SentinelConnectionPool):
    """Asks Sentinel for the primary at each new connection."""

    def __init__(self, *sentinel: Any, **options: Any) -> None:  # noqa: ANN401 - as redis-py's
        super().__init__(*sentinel, **options)
        base = self.connection_class
        self.connection_class = type(base.__name__, (_PrimaryConnection, base), {})


class _PrimaryConnection(AbstractConnection):
    """Asks Sentinel whenever it connects. redis-py retries at the previous address (its issue 3874)."""

    connection_pool: SentinelConnectionPool
    connect = AbstractConnection.connect  # redis-py's for Sentinel would ask a second time

    async def _connect(self) -> None:
        self.host, self.port = await self.connection_pool.get_master_address()  # type: ignore[no-untyped-call]
        await super()._connect()  # type: ignore[no-untyped-call, safe-super]


class _Sentinel(Sentinel):
    """Closes its connections after each question, as the next one may come days later."""

    def __init__(self, *sentinels: Any, **options: Any) -> None:  # noqa: ANN401 - as redis-py's
        super().__init__(*sentinels, **options)  # type: ignore[no-untyped-call]
        for sentinel in self.sentinels:
            pool = sentinel.connection_pool
            base = pool.connection_class
            pool.connection_class = type(base.__name__, (_CancellableConnection, base), {})

    async def discover_master(self, service_name: str) -> tuple[str, int]:
        try:
            return await super().discover_master(service_name)  # type: ignore[no-any-return]
        except MasterNotFoundError:  # whose text has a kilobyte for each Sentinel
            raise MasterNotFoundError(f"no Sentinel names a primary of {service_name}") from None
        finally:
            for sentinel in self.sentinels:
                await _close_idle(sentinel.connection_pool)


class _CancellableConnection(AbstractConnection):
    """Redis-py sends with `asyncio.wait_for`, which loses some cancellations in Python 3.11.

    Tasks that lost theirs would keep a gateway from stopping.
    """

    async def send_packed_command(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as redis-py's
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        requests = task.cancelling()
        try:
            await super().send_packed_command(*args, **options)
        except RuntimeError as error:
            # uvloop's for a connection that was reset; redis-py 8.1 lets it through (its issue 4287).
            raise ConnectionError("the connection was reset") from error
        if task.cancelling() > requests:
            await self.disconnect(nowait=True)  # nobody will read the answer
            raise asyncio.CancelledError


class Connection(_CancellableConnection):
    """A connection of the pool."""

    pool: _Pool

    def write(self, command: Sequence[bytes]) -> None:
        """Send the parts of a command without waiting. If the connection is lost, `read_response` says so."""
        if self._writer:
            with suppress(RuntimeError):  # uvloop's for a closed connection
                self._writer.writelines(command)

    def receive(self, receive: Callable[[object], None]) -> "Answers":
        """Have all further answers received, instead of read by `read_response`."""
        if not self._writer:
            raise ConnectionError("the connection was lost")
        answers = Answers(self._parser.parse_error, receive)
        self._writer.transport.set_protocol(answers)
        return answers

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


class Answers(asyncio.Protocol):
    """Calls a function with each answer, errors included, as soon as it comes."""

    _INCOMPLETE = object()

    def __init__(self, parse_error: Callable[[str], Exception], receive: Callable[[object], None]) -> None:
        """`receive` may raise redis's errors, after which nothing is received."""
        self._reader = Reader(InvalidResponse, parse_error, notEnoughData=self._INCOMPLETE)
        self._receive = receive
        self.end: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        """Why nothing is received any more."""

    def data_received(self, data: bytes) -> None:
        if self.end.done():
            return
        self._reader.feed(data)
        try:
            while (answer := self._reader.gets()) is not self._INCOMPLETE:
                self._receive(answer)
        except RedisError as error:
            self.end.set_result(error)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.end.done():
            self.end.set_result(error or ConnectionError("Redis closed the connection"))
