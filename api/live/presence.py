"""Whether a candidate's page holds a live connection, for everybody to see who is not reachable."""

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
    """Note the participant as connected while this lasts, as well as Redis can be reached."""
    key, connection = connected_key(participant_id), str(uuid4())
    refreshing = asyncio.create_task(_refresh(redis, key, connection))
    try:
        yield
    finally:
        refreshing.cancel()
        await asyncio.wait([refreshing])  # or its last write could come after what follows
        with suppress(RedisError):
            await disconnect(participant_id, connection).run_async(redis)


async def _refresh(redis: Redis, key: str, connection: str) -> NoReturn:
    while True:
        try:
            await redis.set(key, connection, ex=CONNECTED_SECONDS)
        except RedisError as error:
            log.warning("a candidate may seem not to be connected: %s", error)
        await asyncio.sleep(CONNECTED_SECONDS / 3)
