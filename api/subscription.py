"""Subscribe to a Redis channel, and detect lost subscriptions."""

from collections.abc import AsyncIterator

from redis.asyncio import Redis
from redis.exceptions import ConnectionError  # noqa: A004 - redis's

HEARTBEAT_SECONDS = 5
HEARTBEAT = b"heartbeat"
"""Published by a subscriber that has received nothing for a while; it is neither a job id nor an address."""


async def subscribe(redis: Redis, channel: str, *others: str) -> AsyncIterator[bytes | None]:
    """Yield each message, and None when messages may have been missed: first, and after each reconnection.

    Heartbeats go to `channel`.

    Raise redis's errors, also if our own heartbeat does not arrive: the connection is dead, or leads to a
    server that is no longer used.
    """
    async with redis.pubsub() as subscription:
        await subscription.subscribe(channel, *others)
        received = True
        while True:
            message = await subscription.get_message(timeout=HEARTBEAT_SECONDS)
            if message is None and not received:
                raise ConnectionError("no heartbeat received on the subscription")
            received = message is not None
            if message is None:
                await redis.publish(channel, HEARTBEAT)
            elif message["type"] == "subscribe":
                # redis-py reconnects and subscribes again silently.
                yield None
            elif message["type"] == "message":
                yield message["data"]
