"""Settings and connections that the routes share, opened once per gateway process."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.requests import HTTPConnection
from redis.asyncio import Redis
from sqlalchemy import Engine

from api.auth.tokens import Tokens
from api.frames.throttle import FrameThrottle
from api.live.hub import Hub
from api.meetings.video_meetings import VideoMeetings
from api.ops.heartbeat import Heart
from api.ops.probes import Probes
from api.reports.printing import ReportPrinter
from api.shards.shards import Shards
from shared.db.connection import Part, connect
from shared.db.pool_sizes import gateway_pool_size
from shared.links import SignedLinks
from shared.settings import Settings
from shared.video.open_vendor import open_vendor

log = logging.getLogger(__name__)

LARGE_FRAME_THREADS = 1
"""Parsing holds the GIL: more threads would only take more memory."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a route needs; get it with the `Use` dependency or `get_services`."""

    settings: Settings
    database: Engine
    shards: Shards
    tokens: Tokens
    evidence_links: SignedLinks
    thumbnail_links: SignedLinks
    flag_thumbnail_links: SignedLinks
    frame_throttle: FrameThrottle
    large_frames: ThreadPoolExecutor
    meetings: VideoMeetings
    hub: Hub
    probes: Probes
    heart: Heart
    report_printer: ReportPrinter


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open the services, and close them on exit; raise VideoError if the video vendor lacks a preset."""
    database = connect(settings, pool_size=gateway_pool_size(settings), part=Part.GATEWAY)
    with open_vendor(settings) as vendor:
        meetings = VideoMeetings(settings, database, vendor)
        await run_in_threadpool(meetings.check_presets)
        async with _run_services(settings, database, meetings) as services:
            yield services
    database.dispose()


@asynccontextmanager
async def _run_services(
    settings: Settings, database: Engine, meetings: VideoMeetings
) -> AsyncIterator[Services]:
    services = _create_services(settings, database, meetings)
    tasks = [asyncio.create_task(service.run()) for service in (services.shards, services.heart)]
    for task in tasks:
        task.add_done_callback(_stop_gateway_unless_cancelled)
    _tune_garbage_collector()
    yield services
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    services.large_frames.shutdown(wait=False)


def _create_services(settings: Settings, database: Engine, meetings: VideoMeetings) -> Services:
    async def locate(meeting_id: UUID) -> Redis:
        return (await shards.locate(meeting_id)).redis

    hub = Hub(locate)
    shards = Shards(settings, database, hub.receive)
    secret = settings.secret_key.get_secret_value()
    return Services(
        settings=settings,
        database=database,
        shards=shards,
        tokens=Tokens(secret),
        evidence_links=SignedLinks(secret, settings.public_url, "evidence"),
        thumbnail_links=SignedLinks(secret, settings.public_url, "thumbnails"),
        flag_thumbnail_links=SignedLinks(secret, settings.public_url, "thumbnails/flags"),
        frame_throttle=FrameThrottle(settings.frame_interval_ms),
        large_frames=ThreadPoolExecutor(LARGE_FRAME_THREADS, "large-frames"),
        meetings=meetings,
        hub=hub,
        probes=Probes(database),
        heart=Heart(shards, database),
        report_printer=ReportPrinter(settings),
    )


def _tune_garbage_collector() -> None:
    """Exclude what is loaded so far from collection, and collect less often than by default.

    Requests create no cycles; if one kind did, at most 25 bodies should wait to be freed (with a threshold of
    20,000: 250). Cost per frame, measured over 500 frames: 13 µs with Python's default of 700, 2 µs with
    2,000, none with 20,000.
    """
    gc.freeze()
    gc.set_threshold(2_000, 20, 50)
    gc.enable()


def _stop_gateway_unless_cancelled(task: asyncio.Task[None]) -> None:
    """Stop the process: without this task requests would hang, and a supervisor can start it again."""
    if not task.cancelled():
        log.critical("background task ended unexpectedly; stopping the gateway", exc_info=task.exception())
        signal.raise_signal(signal.SIGTERM)


def get_services(connection: HTTPConnection) -> Services:
    """Return the services of the process that handles this request or WebSocket."""
    # Not from `connection.state`, which is created for each request.
    return cast("Services", connection.scope["state"]["services"])


async def _services(connection: HTTPConnection) -> Services:
    return get_services(connection)


Use = Annotated[Services, Depends(_services)]
