"""What the routes work with, opened once for each gateway process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from redis.asyncio import BlockingConnectionPool, Redis
from sqlalchemy import Engine

from api.door import Door
from api.job_reader import JobReader
from api.tokens import Tokens
from shared.database import connect
from shared.links import Links
from shared.settings import Settings

REDIS_CONNECTIONS = 64
POSTGRES_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class Services:
    """Settings, connections, and what stands on them."""

    settings: Settings
    redis: Redis
    database: Engine
    tokens: Tokens
    links: Links
    door: Door
    jobs: JobReader


def connect_redis(settings: Settings) -> Redis:
    """A pooled client whose every wait is bounded; it connects when it is first used."""
    pool = BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        max_connections=REDIS_CONNECTIONS,
        timeout=2,
        socket_timeout=5,
        socket_connect_timeout=2,
    )
    return Redis.from_pool(pool)


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Services that are ready to use and closed at the end."""
    secret = settings.secret_key.get_secret_value()
    redis = connect_redis(settings)
    database = connect(settings, pool_size=POSTGRES_CONNECTIONS)
    jobs = JobReader(redis)
    listening = asyncio.create_task(jobs.listen())
    yield Services(
        settings=settings,
        redis=redis,
        database=database,
        tokens=Tokens(secret),
        links=Links(secret, settings.public_url),
        door=Door(settings, redis),
        jobs=jobs,
    )
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    await redis.aclose()
    database.dispose()


async def _services(request: Request) -> Services:
    return cast("Services", request.state.services)


Use = Annotated[Services, Depends(_services)]
