"""Assemble the gateway's ASGI application: routes, error handlers, middleware."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp

from api.audit import routes as audit
from api.auth.rate_limits import InvalidRequests
from api.error_handlers import add_error_handlers
from api.flags import evidence, inbox, incidents, precision
from api.flags import routes as flags
from api.frames import routes as frames
from api.frames.direct_routes import DirectRoutes
from api.live import messages
from api.live import routes as live
from api.live.protocol import MESSAGE_TYPES
from api.meetings import joining, notes, rules, rules_preview
from api.meetings import routes as meetings
from api.middleware.body_limit import BodyLimit, BodyLimits
from api.middleware.error_pages import ErrorPages
from api.middleware.head_requests import HeadAsGet
from api.middleware.public_path import RestorePublicPath, StripPublicPath
from api.middleware.security_headers import SecurityHeaders
from api.middleware.server_errors import ServerErrorMiddleware
from api.middleware.trailing_slash import TrailingSlashMiddleware
from api.openapi import complete_openapi
from api.ops import health, metrics
from api.pages import serve_pages
from api.participants import breaks, decisions, privacy, timeline_routes
from api.participants import routes as participants
from api.reports import routes as reports
from api.server.open_connections import raise_file_limit
from api.services import Services, open_services
from shared.settings import Settings

DESCRIPTION = """
Live proctoring: candidates send webcam frames, workers detect faces, admins review what was flagged.

1. `POST /meetings` creates a meeting and returns its admin key, once.
2. `POST /meetings/{id}/participants` returns a token for a candidate.
3. `POST /detect_faces` accepts a frame and returns a job; `GET /jobs/{id}` returns the verdict.
4. `GET /meetings/{id}/flags` is the flagged list; each entry links to its picture.

A flag is triage; a human decides. Every error is a `Problem` (`application/problem+json`, RFC 9457);
programs tell errors apart by its `type`.
"""

ROUTERS = (
    meetings.router,
    joining.router,
    rules.router,
    rules_preview.router,
    participants.router,
    messages.router,
    notes.router,
    live.router,
    flags.router,
    evidence.router,
    incidents.router,
    inbox.router,
    precision.router,
    privacy.router,
    decisions.router,
    timeline_routes.router,
    breaks.router,
    reports.router,
    audit.router,
    health.router,
    metrics.router,
)


class _State(TypedDict):
    services: Services


def create_gateway(settings: Settings) -> ASGIApp:
    """Create what is served: the application behind the direct routes of frames."""
    limits = BodyLimits(settings.max_frame_bytes)
    app = create_app(settings, limits)
    if settings.cors_origins:  # their headers are the middleware's
        return app
    return DirectRoutes(app, limits, app.exception_handlers, settings.public_path)


def create_app(settings: Settings, limits: BodyLimits | None = None) -> FastAPI:
    """Create the gateway's ASGI application. It connects to other servers at startup, not here."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[_State]:
        raise_file_limit()
        async with open_services(settings) as services:
            yield {"services": services}

    app: FastAPI = FastAPIOffline(
        title="Proctor",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        redoc_url=None,
        # Unused; checking for it at every request costs more than verifying a token.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    _add_routes(app, settings)
    add_error_handlers(app, InvalidRequests().refuse)
    complete_openapi(app, MESSAGE_TYPES)
    _add_middleware(app, settings, limits or BodyLimits(settings.max_frame_bytes))
    return app


def _add_routes(app: FastAPI, settings: Settings) -> None:
    # First, and outside of any router: the lookup would take a fifth of the time of accepting a frame.
    app.router.routes[:0] = frames.FRAME_ROUTES
    for router in ROUTERS:
        app.include_router(router)
    if settings.pages_path:
        serve_pages(app, settings.pages_path, settings.video_provider, settings.public_path)
    else:
        app.add_api_route(
            "/", lambda: RedirectResponse(f"{settings.public_path}/docs"), include_in_schema=False
        )


def _add_middleware(app: FastAPI, settings: Settings, limits: BodyLimits) -> None:
    """Add middleware from the innermost to the outermost."""
    if settings.public_path:
        app.add_middleware(RestorePublicPath)
    app.add_middleware(BodyLimit, limits=limits)
    app.add_middleware(ServerErrorMiddleware)
    app.add_middleware(ErrorPages, public_path=settings.public_path)
    app.add_middleware(TrailingSlashMiddleware)
    app.add_middleware(HeadAsGet)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["Location", "Retry-After", "ETag"],
        )
    app.add_middleware(SecurityHeaders)
    if settings.public_path:
        app.add_middleware(StripPublicPath, public_path=settings.public_path)
