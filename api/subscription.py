"""Subscribe to a Redis channel, and detect lost subscriptions."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any, cast

from hiredis import pack_command
from redis.asyncio import Redis
from redis.exceptions import ConnectionError, ResponseError  # noqa: A004 - redis's

from api.redis import Connection
from shared.redis.primary import NO_KEY

HEARTBEAT_SECONDS = 5
HEARTBEAT = b"heartbeat"
"""Published by a subscriber that has received nothing for a while; it is neither a job id nor an address."""


async def subscribe(redis: Redis, channel: str, *others: str) -> AsyncGenerator[bytes | None]:
    """Yield each message, and first None for each channel: messages before may have been missed.

    Heartbeats go to `channel`.

    Raise redis's errors, also if the server is a replica, or if our own heartbeat does not arrive: the
    connection is dead, or leads to a server that is no longer used.
    """
    connection = cast("Connection", await redis.connection_pool.get_connection())  # type: ignore[no-untyped-call]
    try:
        received = _Received(connection)
        commands = ("DEL", NO_KEY), ("SUBSCRIBE", channel, *others)
        connection.write([pack_command(command) for command in commands])  # type: ignore[arg-type]  # its stub
        is_silent = False
        while True:
            answers = await received.wait()
            if not answers:
                if is_silent:
                    raise ConnectionError("no heartbeat received on the subscription")
                await redis.publish(channel, HEARTBEAT)
            is_silent = not answers  # the heartbeat may have come before the answer to its command
            while answers:
                match answers.popleft():
                    case [b"message", _, data]:
                        yield data
                    case [b"subscribe", *_]:
                        yield None
                    case ResponseError() as error:
                        raise error
    finally:
        await connection.disconnect(nowait=True)
        await redis.connection_pool.release(connection)


class _Received:
    """What a connection has received. redis-py's own way costs a gateway ten times as much a message."""

    def __init__(self, connection: Connection) -> None:
        self._loop = asyncio.get_running_loop()
        self._answers: deque[Any] = deque()
        self._woken = asyncio.Event()
        self._end = connection.receive(self._receive).end
        self._end.add_done_callback(lambda _: self._woken.set())

    def _receive(self, answer: object) -> None:
        self._answers.append(answer)
        self._woken.set()

    async def wait(self) -> deque[Any]:
        """Return the answers, none if none comes for a while; raise ConnectionError once none can come."""
        if not self._answers and not self._end.done():
            self._woken.clear()
            timer = self._loop.call_later(HEARTBEAT_SECONDS, self._woken.set)
            try:
                await self._woken.wait()
            finally:
                timer.cancel()
        if self._end.done() and not self._answers:
            raise ConnectionError("the subscription was lost") from self._end.result()
        return self._answers
