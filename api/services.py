"""What the routes work with, opened once for each gateway process."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.requests import HTTPConnection
from redis.asyncio import Redis
from sqlalchemy import Engine

from api.auth.tokens import Tokens
from api.frames.admission import Admission
from api.frames.job_reader import JobReader
from api.frames.throttle import FrameThrottle
from api.live.hub import Hub
from api.meetings.video_meetings import VideoMeetings
from api.ops.probes import Probes
from api.redis import connect_redis
from shared.db.connection import connect
from shared.links import SignedLinks
from shared.settings import Settings
from shared.video.open_vendor import open_vendor

log = logging.getLogger(__name__)

POSTGRES_CONNECTIONS = 10
LARGE_FRAME_THREADS = 1
"""Parsing holds the interpreter's lock, so that more threads would only take more memory."""


@dataclass(frozen=True, slots=True)
class Services:
    """Settings, connections, and what stands on them."""

    settings: Settings
    redis: Redis
    database: Engine
    tokens: Tokens
    evidence_links: SignedLinks
    thumbnail_links: SignedLinks
    flag_thumbnail_links: SignedLinks
    admission: Admission
    frame_throttle: FrameThrottle
    large_frames: ThreadPoolExecutor
    jobs: JobReader
    meetings: VideoMeetings
    hub: Hub
    probes: Probes


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Ready to use, and closed at the end; raises VideoError when the video vendor lacks a preset."""
    database = connect(settings, pool_size=POSTGRES_CONNECTIONS)
    with open_vendor(settings) as vendor:
        meetings = VideoMeetings(settings, database, vendor)
        await run_in_threadpool(meetings.check_presets)
        async with _run(settings, database, meetings) as services:
            yield services
    database.dispose()


@asynccontextmanager
async def _run(settings: Settings, database: Engine, meetings: VideoMeetings) -> AsyncIterator[Services]:
    secret = settings.secret_key.get_secret_value()
    redis = connect_redis(settings)
    admission = Admission(settings, redis)
    jobs = JobReader(redis)
    hub = Hub(redis)
    running = [asyncio.create_task(part.run()) for part in (admission, jobs, hub)]
    for task in running:
        task.add_done_callback(_stop_gateway_unless_cancelled)
    # What is loaded by now stays: the collector need not look there. Nor need it look often, as requests
    # leave no cycles; but if some kind did again, at most 25 bodies should wait for it (with 20,000: 250).
    # Measured over 500 frames: 2 µs a frame with 2,000, none with 20,000, and 13 µs with Python's own 700.
    gc.freeze()
    gc.set_threshold(2_000, 20, 50)
    large_frames = ThreadPoolExecutor(LARGE_FRAME_THREADS, "large-frames")
    yield Services(
        settings=settings,
        redis=redis,
        database=database,
        tokens=Tokens(secret),
        evidence_links=SignedLinks(secret, settings.public_url, "evidence"),
        thumbnail_links=SignedLinks(secret, settings.public_url, "thumbnails"),
        flag_thumbnail_links=SignedLinks(secret, settings.public_url, "thumbnails/flags"),
        admission=admission,
        frame_throttle=FrameThrottle(settings.frame_interval_ms),
        large_frames=large_frames,
        jobs=jobs,
        meetings=meetings,
        hub=hub,
        probes=Probes(redis, database, settings.frame_ttl_seconds),
    )
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    large_frames.shutdown(wait=False)
    await redis.aclose()


def _stop_gateway_unless_cancelled(task: asyncio.Task[None]) -> None:
    """A gateway without its background work would let every request hang: better that it is started anew."""
    if not task.cancelled():
        log.critical("a background task of the gateway ended", exc_info=task.exception())
        signal.raise_signal(signal.SIGTERM)


def services_of(connection: HTTPConnection) -> Services:
    """The services of the gateway that got this request or WebSocket."""
    # Not by `connection.state`, which is made anew for each request.
    return cast("Services", connection.scope["state"]["services"])


async def _services(connection: HTTPConnection) -> Services:
    return services_of(connection)


Use = Annotated[Services, Depends(_services)]
