"""A gateway's subscription to a channel of Redis."""

from anyio.from_thread import start_blocking_portal

from api.redis import connect_redis
from api.subscription import HEARTBEAT, subscribe
from shared.settings import Settings

HEARTBEATS = 3
"""Of five seconds each."""


def test_idle_subscription_stays(settings: Settings) -> None:
    with start_blocking_portal() as portal:
        assert portal.call(receive_heartbeats, settings) == [None, *[HEARTBEAT] * HEARTBEATS]


async def receive_heartbeats(settings: Settings) -> list[bytes | None]:
    """Return what a subscription receives on which nobody else publishes."""
    received: list[bytes | None] = []
    async with connect_redis(settings.own_shard.url) as redis:
        async for message in subscribe(redis, "a quiet channel"):
            received.append(message)
            if len(received) > HEARTBEATS:
                break
    return received
