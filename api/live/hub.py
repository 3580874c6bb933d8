"""Deliver events between browsers that are connected to different gateways."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.live.events import EVENT, Address, Event, PublishedEvent, Resubscribed
from api.subscription import subscribe

log = logging.getLogger(__name__)

CHANNEL = "live"
RECONNECT_SECONDS = 1

Listener = Callable[[Event], None]


class Hub:
    """One subscription per gateway process and shard. Every event reaches every gateway; most need one.

    The load is low: a view causes dozens of events, a message one or two per candidate.
    """

    def __init__(self, locate: Callable[[UUID], Awaitable[Redis]]) -> None:
        """`locate` returns the Redis of a meeting, over which its events are sent."""
        self._locate = locate
        self._listeners: dict[bytes, set[Listener]] = defaultdict(set)

    @contextmanager
    def listening(self, listener: Listener, *addresses: Address) -> Iterator[None]:
        """Call `listener` with every event to one of the addresses until the context exits."""
        keys = [str(address).encode() for address in addresses]
        for key in keys:
            self._listeners[key].add(listener)
        try:
            yield
        finally:
            for key in keys:
                self._listeners[key].discard(listener)
                if not self._listeners[key]:
                    del self._listeners[key]

    async def publish(self, address: Address, event: PublishedEvent) -> None:
        """Send an event to all listeners of the address, at any gateway; raise one of OUTAGES."""
        redis = await self._locate(address.meeting_id)
        await redis.publish(CHANNEL, f"{address} {event.model_dump_json(by_alias=True)}")

    async def receive(self, redis: Redis) -> None:
        """Receive the events of one shard until cancelled; reconnect after an outage."""
        while True:
            try:
                await self._receive_events(redis)
            except RedisError as error:
                log.warning("lost the subscription to live events: %s", error)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _receive_events(self, redis: Redis) -> None:
        async for message in subscribe(redis, CHANNEL):
            if message is None:
                self._notify_all()
            else:
                self._dispatch(message)

    def _dispatch(self, message: bytes) -> None:
        address, _, text = message.partition(b" ")
        listeners = self._listeners.get(address)
        if not listeners:
            return
        try:
            event = EVENT.validate_json(text)
        except ValidationError as error:  # during an upgrade other gateways may send newer kinds of events
            log.warning("unknown event ignored: %s", error.errors(include_input=False, include_url=False))
            return
        for listener in list(listeners):
            listener(event)

    def _notify_all(self) -> None:
        """Make every connection read from Postgres what a missed event would have said."""
        for listener in {listener for listeners in self._listeners.values() for listener in listeners}:
            listener(Resubscribed())
