"""For ops: is it alive, can it work, what is it doing."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from api.errors import OUTAGE_RETRY_SECONDS, OUTAGES
from api.services import Use

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
    """Ready: Postgres answers, and Redis can be written to. It says so within 3 s, whatever they do."""
    postgres, redis = await asyncio.gather(
        services.probes.postgres(), services.probes.redis(), return_exceptions=True
    )
    ready = Ready(postgres=_judge(postgres), redis=_judge(redis))
    if "away" in (ready.postgres, ready.redis):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(OUTAGE_RETRY_SECONDS)
    if isinstance(redis, str):
        ready.engine = redis
    return ready


def _judge(answer: object) -> Answering:
    if isinstance(answer, (TimeoutError, *OUTAGES)):
        return "away"
    if isinstance(answer, BaseException):
        raise answer
    return "ok"
