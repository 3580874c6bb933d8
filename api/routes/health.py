"""For ops: is it alive, can it work, what is it doing."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from fastapi import APIRouter, Response, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy import text

from api.errors import OUTAGE_RETRY_SECONDS, OUTAGES
from api.services import Services, Use
from shared.jobs import ENGINE

router = APIRouter(tags=["health"])

Answering = Literal["ok", "away"]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether the servers behind the gateway answer."""

    postgres: Answering
    redis: Answering
    engine: str | None = Field(
        None,
        description="The detector of the worker that started last; `dlib-alone` lacks its guide",
    )


@router.get("/healthz")
async def healthz() -> Alive:
    """Alive: says nothing about Postgres and Redis."""
    return Alive()


@router.get(
    "/readyz",
    response_model_exclude_none=True,
    responses={503: {"model": Ready, "description": "A server is away"}},
)
async def readyz(services: Use, response: Response) -> Ready:
    """Ready: Postgres and Redis both answer."""
    postgres, redis, engine = await asyncio.gather(
        _answers(run_in_threadpool(_ask_postgres, services)),
        _answers(_ask_redis(services)),
        _engine(services),
    )
    if "away" in (postgres, redis):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(OUTAGE_RETRY_SECONDS)
    return Ready(postgres=postgres, redis=redis, engine=engine)


def _ask_postgres(services: Services) -> None:
    with services.database.connect() as connection:
        connection.execute(text("SELECT 1"))


async def _ask_redis(services: Services) -> None:
    await services.redis.ping()


async def _engine(services: Services) -> str | None:
    try:
        engine = await services.redis.get(ENGINE)
    except OUTAGES:
        return None
    return engine.decode() if isinstance(engine, bytes) else None


async def _answers(question: Awaitable[None]) -> Answering:
    try:
        await question
    except OUTAGES:
        return "away"
    return "ok"
