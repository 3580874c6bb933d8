"""Record that this gateway reaches Postgres and its shards, so that gaps in timelines can be explained."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import NoReturn

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.shards.shards import Shards
from shared.db.interruptions import BEAT_SECONDS, record_heartbeats

log = logging.getLogger(__name__)


class Heart:
    """Beats until cancelled, for each shard that answers, as long as Postgres does."""

    def __init__(self, shards: Shards, database: Engine) -> None:
        self._shards = shards
        self._database = database

    async def run(self) -> NoReturn:
        """Record heartbeats in each step of ten seconds."""
        while True:
            now = datetime.now(UTC)
            try:
                await self._beat(now)
            except SQLAlchemyError as error:
                log.warning("no heartbeat recorded: %s", type(error).__name__)
            await asyncio.sleep(BEAT_SECONDS - datetime.now(UTC).timestamp() % BEAT_SECONDS)

    async def _beat(self, now: datetime) -> None:
        names = [shard.name for shard in self._shards.all if shard.is_available]
        if names:
            await run_in_threadpool(record_heartbeats, self._database, names, now)
