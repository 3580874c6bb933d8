"""The gateway: HTTP in, HTTP out. It never sees a pixel."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline

from api.auth.rate_limits import InvalidRequests
from api.error_handlers import add_error_handlers
from api.flags import evidence
from api.flags import routes as flags
from api.frames import routes as frames
from api.live import messages
from api.live import routes as live
from api.live.protocol import MESSAGE_TYPES
from api.meetings import routes as meetings
from api.meetings import rules
from api.middleware.body_limit import BodyLimit
from api.middleware.head_requests import HeadAsGet
from api.middleware.public_path import RestorePublicPath, StripPublicPath
from api.middleware.security_headers import SecurityHeaders
from api.middleware.server_errors import ServerErrorMiddleware
from api.middleware.trailing_slash import TrailingSlashMiddleware
from api.openapi import complete_document
from api.ops import health, metrics
from api.pages import serve_pages
from api.participants import privacy
from api.participants import routes as participants
from api.server.open_connections import raise_file_limit
from api.services import Services, open_services
from shared.settings import Settings

DESCRIPTION = """
Live proctoring: candidates send webcam frames, workers look for faces, admins see what was flagged.

1. `POST /meetings` gives a meeting and, once, its admin key.
2. `POST /meetings/{id}/participants` gives a candidate a token.
3. `POST /detect_faces` takes a frame and answers with a job; `GET /jobs/{id}` tells the verdict.
4. `GET /meetings/{id}/flags` is the flagged list; each entry links to its picture.

A flag is triage; a human decides. Every error is a `Problem` (`application/problem+json`, RFC 9457);
its `type` is what programs tell errors apart by.
"""


class _State(TypedDict):
    services: Services


def create_app(settings: Settings) -> FastAPI:
    """The gateway's ASGI application; it connects when it is started, not before."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[_State]:
        raise_file_limit()
        async with open_services(settings) as services:
            yield {"services": services}

    app = FastAPIOffline(
        title="Proctor",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        redoc_url=None,
        # Unused; asking for each request whether somebody set it up costs more than reading a token.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    # Before all others, and with no router in between: looking for it would take a fifth of the time.
    app.router.routes.insert(0, frames.detect_faces_route)
    for routes in (
        frames,
        meetings,
        rules,
        participants,
        messages,
        live,
        flags,
        evidence,
        privacy,
        health,
        metrics,
    ):
        app.include_router(routes.router)
    if settings.pages_path:
        serve_pages(app, settings.pages_path, settings.video_provider, settings.public_path)
    else:
        app.add_api_route(
            "/", lambda: RedirectResponse(f"{settings.public_path}/docs"), include_in_schema=False
        )
    add_error_handlers(app, InvalidRequests().refuse)
    complete_document(app, MESSAGE_TYPES)
    # Each goes around those before it.
    if settings.public_path:
        app.add_middleware(RestorePublicPath)
    app.add_middleware(BodyLimit, max_frame_bytes=settings.max_frame_bytes)
    app.add_middleware(ServerErrorMiddleware)
    app.add_middleware(TrailingSlashMiddleware)
    app.add_middleware(HeadAsGet)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["Location", "Retry-After", "ETag"],
        )
    app.add_middleware(SecurityHeaders)
    if settings.public_path:
        app.add_middleware(StripPublicPath, public_path=settings.public_path)
    return app
