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
    redis: Availability = Field(description="`ok` while at least one shard is available")
    shards_away: list[str] | None = Field(None, description="The shards that are away, while others are ok")
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
    responses={503: {"model": Ready, "description": "No shard accepts writes"}},
)
async def readyz(services: Use, response: Response) -> Ready:
    """Report whether a shard accepts writes, and whether Postgres answers. Always answers within 3 s.

    Without Postgres the gateway stays ready: it accepts frames.
    """
    shards = services.shards.all
    postgres, *results = await asyncio.gather(
        services.probes.postgres(), *(shard.probes.redis() for shard in shards), return_exceptions=True
    )
    away = [s.name for s, result in zip(shards, results, strict=True) if _availability(result) == "away"]
    ready = Ready(
        postgres=_availability(postgres),
        redis="away" if len(away) == len(shards) else "ok",
        shards_away=away if 0 < len(away) < len(shards) else None,
    )
    if ready.redis == "away":
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(OUTAGE_RETRY_SECONDS)
    ready.engine = next((result for result in results if isinstance(result, str)), None)
    return ready


def _availability(result: object) -> Availability:
    if isinstance(result, (TimeoutError, *OUTAGES)):
        return "away"
    if isinstance(result, BaseException):
        raise result
    return "ok"
