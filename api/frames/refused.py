"""Note whose frames were refused for lack of capacity, so that the gap in their timeline can be explained."""

import asyncio
import logging
import time
from typing import NoReturn
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.db.interruptions import InterruptionType
from shared.presence.timeline import NEW_INTERRUPTIONS, format_interruption

log = logging.getLogger(__name__)

WRITE_SECONDS = 5.0


class RefusedSenders:
    """Collects them by minute: when the system is overloaded, refusing a frame must stay cheap."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._lines: set[str] = set()

    def add(self, participant_id: UUID) -> None:
        """Note that a frame was refused now."""
        minute = time.time() // 60
        self._lines.add(
            format_interruption(participant_id, InterruptionType.REFUSED, minute * 60, (minute + 1) * 60)
        )

    async def run(self) -> NoReturn:
        """Write them to Redis every few seconds until cancelled."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.write()

    async def write(self) -> None:
        """Write them to Redis. If it is down, they are dropped: the gap is an outage then."""
        lines, self._lines = self._lines, set()
        if not lines:
            return
        try:
            await self._redis.sadd(NEW_INTERRUPTIONS, *lines)
        except RedisError as error:
            log.warning("refused senders not recorded: %s", type(error).__name__)
