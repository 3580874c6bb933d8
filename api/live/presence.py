"""Record in Redis which candidates have a live connection."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NoReturn
from uuid import UUID, uuid4

from redis.asyncio import Redis

from api.errors import OUTAGES
from shared.presence.connection import CONNECTED_SECONDS, connected_key, disconnect

log = logging.getLogger(__name__)


@asynccontextmanager
async def connected(locate: Callable[[], Awaitable[Redis]], participant_id: UUID) -> AsyncIterator[None]:
    """Mark the participant as connected until the context exits; ignore outages.

    `locate` returns the Redis of their meeting, which may move.
    """
    key, connection = connected_key(participant_id), str(uuid4())
    refreshing = asyncio.create_task(_refresh(locate, key, connection))
    try:
        yield
    finally:
        refreshing.cancel()
        await asyncio.wait([refreshing])  # its last write must not come after the next command
        with suppress(*OUTAGES):
            await disconnect(participant_id, connection).run_async(await locate())


async def _refresh(locate: Callable[[], Awaitable[Redis]], key: str, connection: str) -> NoReturn:
    while True:
        try:
            await (await locate()).set(key, connection, ex=CONNECTED_SECONDS)
        except OUTAGES as error:
            log.warning("could not mark a candidate as connected: %s", error)
        await asyncio.sleep(CONNECTED_SECONDS / 3)
