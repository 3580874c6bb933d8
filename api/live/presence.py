"""Record in Redis which candidates have a live connection."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NoReturn
from uuid import UUID, uuid4

from fastapi import WebSocketDisconnect
from redis.asyncio import Redis

from api.errors import OUTAGES
from shared.db.interruptions import InterruptionType
from shared.presence.connection import CONNECTED_SECONDS, connect, disconnect

log = logging.getLogger(__name__)


@asynccontextmanager
async def connected(locate: Callable[[], Awaitable[Redis]], participant_id: UUID) -> AsyncIterator[None]:
    """Mark the participant as connected until the context exits; ignore outages.

    `locate` returns the Redis of their meeting, which may move.
    """
    connection, reason = str(uuid4()), None
    refreshing = asyncio.create_task(_refresh(locate, participant_id, connection))
    try:
        yield
    except WebSocketDisconnect as ended:
        reason = _find_reason(ended.code)
        raise
    finally:
        refreshing.cancel()
        await asyncio.wait([refreshing])  # its last write must not come after the next command
        with suppress(*OUTAGES):
            await disconnect(participant_id, connection, reason, time.time()).run_async(await locate())


def _find_reason(code: int) -> InterruptionType | None:
    """Return why a page's connection has ended; None if we have ended it."""
    match code:
        case 1012:
            return None
        case 1000 | 1001:
            return InterruptionType.PAGE_CLOSED
        case _:  # 1005 as well: uvicorn gives it for a connection that was lost
            return InterruptionType.NETWORK


async def _refresh(locate: Callable[[], Awaitable[Redis]], participant_id: UUID, connection: str) -> NoReturn:
    while True:
        try:
            await connect(participant_id, connection, time.time()).run_async(await locate())
        except OUTAGES as error:
            log.warning("could not mark a candidate as connected: %s", error)
        await asyncio.sleep(CONNECTED_SECONDS / 3)
