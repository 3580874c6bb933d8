"""Hearing what is published in Redis, and noticing when that is no longer so."""

from collections.abc import AsyncIterator

from redis.asyncio import Redis
from redis.exceptions import ConnectionError  # noqa: A004 - redis's

HEARTBEAT_SECONDS = 5
HEARTBEAT = b"heartbeat"
"""Published by a subscriber that has received nothing for a while; it names no job and no address."""


async def subscribe(redis: Redis, channel: str) -> AsyncIterator[bytes | None]:
    """Yields each message, and None when some may have been missed: at first, and after a reconnection.

    Raises redis's errors, also when not even our own heartbeat arrives: the connection has fallen silent, or
    leads to a server on which nobody publishes any longer.
    """
    async with redis.pubsub() as subscription:
        await subscription.subscribe(channel)
        heard = True
        while True:
            message = await subscription.get_message(timeout=HEARTBEAT_SECONDS)
            if message is None and not heard:
                raise ConnectionError("the subscription has fallen silent")
            heard = message is not None
            if message is None:
                await redis.publish(channel, HEARTBEAT)
            elif message["type"] == "subscribe":
                # redis-py reconnects and subscribes again without a word.
                yield None
            elif message["type"] == "message":
                yield message["data"]
