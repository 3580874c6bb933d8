"""For ops: is it alive, can it work, what is it doing."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from fastapi import APIRouter, Response, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy import text

from api.errors import OUTAGE_RETRY_SECONDS, OUTAGES
from api.services import Services, Use

router = APIRouter(tags=["health"])

Answering = Literal["ok", "away"]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether the servers behind the gateway answer."""

    postgres: Answering
    redis: Answering


@router.get("/healthz")
async def healthz() -> Alive:
    """Alive: says nothing about Postgres and Redis."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready, "description": "A server is away"}})
async def readyz(services: Use, response: Response) -> Ready:
    """Ready: Postgres and Redis both answer."""
    postgres, redis = await asyncio.gather(
        _answers(run_in_threadpool(_ask_postgres, services)), _answers(_ask_redis(services))
    )
    if "away" in (postgres, redis):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(OUTAGE_RETRY_SECONDS)
    return Ready(postgres=postgres, redis=redis)


def _ask_postgres(services: Services) -> None:
    with services.database.connect() as connection:
        connection.execute(text("SELECT 1"))


async def _ask_redis(services: Services) -> None:
    await services.redis.ping()


async def _answers(question: Awaitable[None]) -> Answering:
    try:
        await question
    except OUTAGES:
        return "away"
    return "ok"
