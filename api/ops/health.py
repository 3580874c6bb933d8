"""Liveness and readiness."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from api.errors import OUTAGE_RETRY_SECONDS, OUTAGES
from api.services import Use

router = APIRouter(tags=["health"])

Availability = Literal["ok", "away"]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether the servers behind the gateway are available."""

    postgres: Availability
    redis: Availability
    engine: str | None = Field(
        None,
        description="The detector of the worker that started last; `dlib-alone`: it could not load its guide",
    )


@router.get("/healthz")
async def healthz() -> Alive:
    """Report that the process is alive, without checking Postgres and Redis."""
    return Alive()


@router.get(
    "/readyz",
    response_model_exclude_none=True,
    responses={503: {"model": Ready, "description": "A server is unavailable"}},
)
async def readyz(services: Use, response: Response) -> Ready:
    """Report whether Postgres answers and Redis accepts writes. Always answers within 3 s."""
    postgres, redis = await asyncio.gather(
        services.probes.postgres(), services.probes.redis(), return_exceptions=True
    )
    ready = Ready(postgres=_availability(postgres), redis=_availability(redis))
    if "away" in (ready.postgres, ready.redis):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(OUTAGE_RETRY_SECONDS)
    if isinstance(redis, str):
        ready.engine = redis
    return ready


def _availability(result: object) -> Availability:
    if isinstance(result, (TimeoutError, *OUTAGES)):
        return "away"
    if isinstance(result, BaseException):
        raise result
    return "ok"
