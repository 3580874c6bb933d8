"""Record in Redis which candidates have a live connection."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NoReturn
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.presence.connection import CONNECTED_SECONDS, connected_key, disconnect

log = logging.getLogger(__name__)


@asynccontextmanager
async def connected(redis: Redis, participant_id: UUID) -> AsyncIterator[None]:
    """Mark the participant as connected until the context exits; ignore outages of Redis."""
    key, connection = connected_key(participant_id), str(uuid4())
    refreshing = asyncio.create_task(_refresh(redis, key, connection))
    try:
        yield
    finally:
        refreshing.cancel()
        await asyncio.wait([refreshing])  # its last write must not come after the next command
        with suppress(RedisError):
            await disconnect(participant_id, connection).run_async(redis)


async def _refresh(redis: Redis, key: str, connection: str) -> NoReturn:
    while True:
        try:
            await redis.set(key, connection, ex=CONNECTED_SECONDS)
        except RedisError as error:
            log.warning("could not mark a candidate as connected: %s", error)
        await asyncio.sleep(CONNECTED_SECONDS / 3)
