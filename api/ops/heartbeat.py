"""Record that this gateway reaches Redis and Postgres, so that gaps in timelines can be explained later."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import NoReturn

from fastapi.concurrency import run_in_threadpool
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.db.interruptions import BEAT_SECONDS, record_heartbeat

log = logging.getLogger(__name__)


class Heart:
    """Beats until cancelled, as long as Redis and Postgres answer."""

    def __init__(self, redis: Redis, database: Engine) -> None:
        self._redis = redis
        self._database = database

    async def run(self) -> NoReturn:
        """Record a heartbeat in each step of ten seconds."""
        while True:
            now = datetime.now(UTC)
            try:
                await self._redis.ping()
                await run_in_threadpool(record_heartbeat, self._database, now)
            except (RedisError, SQLAlchemyError) as error:
                log.warning("no heartbeat recorded: %s", type(error).__name__)
            await asyncio.sleep(BEAT_SECONDS - datetime.now(UTC).timestamp() % BEAT_SECONDS)
