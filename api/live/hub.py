"""Events between all browsers of the system, whichever gateway each is connected to."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.live.events import EVENT, Event, NewMessage
from api.subscription import subscribe

log = logging.getLogger(__name__)

CHANNEL = "live"
RECONNECT_SECONDS = 1

Listener = Callable[[Event], None]


class Hub:
    """One subscription for a gateway process; every event reaches every gateway, most concern none of it.

    That is little: some dozen events for a view, one or two for a message and a candidate.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._here: dict[bytes, set[Listener]] = defaultdict(set)

    @contextmanager
    def listening(self, listener: Listener, *addresses: str) -> Iterator[None]:
        """While this lasts, the listener is called with every event for one of the addresses."""
        keys = [address.encode() for address in addresses]
        for key in keys:
            self._here[key].add(listener)
        try:
            yield
        finally:
            for key in keys:
                self._here[key].discard(listener)
                if not self._here[key]:
                    del self._here[key]

    async def publish(self, address: str, event: Event) -> None:
        """Has everyone at the address hear of it, here or elsewhere; raises redis's errors."""
        await self._redis.publish(CHANNEL, f"{address} {event.model_dump_json(by_alias=True)}")

    async def run(self) -> None:
        """Hears for as long as the process lives, also after Redis was away."""
        while True:
            try:
                await self._hear()
            except RedisError as error:
                log.warning("not hearing of live events: %s", error)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        async for told in subscribe(self._redis, CHANNEL):
            if told is None:
                self._look_again()
            else:
                self._pass_on(told)

    def _pass_on(self, told: bytes) -> None:
        address, _, event = told.partition(b" ")
        listeners = self._here.get(address)
        if not listeners:
            return
        try:
            heard = EVENT.validate_json(event)
        except ValidationError as error:  # while gateways are replaced, some know more kinds than others
            log.warning("an event is let pass: %s", error.errors(include_input=False, include_url=False))
            return
        for listener in list(listeners):
            listener(heard)

    def _look_again(self) -> None:
        """A message may have gone unheard: everybody looks for themselves."""
        for listener in {listener for listeners in self._here.values() for listener in listeners}:
            listener(NewMessage())
