"""Serve the requests of a frame without FastAPI and its middleware."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.frames.routes import detect_faces, get_job
from api.middleware.body_limit import BodyLimits
from api.middleware.security_headers import SECURITY_HEADERS
from api.middleware.server_errors import answer_unexpected_error, log_disconnect

FRAMES = "/detect_faces"
JOBS = "/jobs/"

Handler = Callable[[Request], Awaitable[Response]]


class DirectRoutes:
    """Call `detect_faces` and `get_job` directly, and pass all other requests on to `app`.

    The middleware takes 10 kB for each request that waits. Requests that need more of it, such as HEAD or a
    path with a trailing slash, go through it to the same handlers (`FRAME_ROUTES`).
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: BodyLimits,
        error_handlers: Mapping[Any, Callable[..., Any]],
        public_path: str,
    ) -> None:
        self._app = app
        self._limits = limits
        self._error_handlers = error_handlers
        self._public_path = public_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request of a frame, or pass the request on."""
        handler = self._match(scope) if scope["type"] == "http" else None
        if handler is None:
            await self._app(scope, receive, send)
        else:
            response = self._limits.refuse(scope) or await self._call(handler, scope, receive)
            if response:
                response.raw_headers.extend(SECURITY_HEADERS)
                await response(scope, receive, send)

    def _match(self, scope: Scope) -> Handler | None:
        method, path = scope["method"], scope["path"].removeprefix(self._public_path)
        job_id = path[len(JOBS) :] if path.startswith(JOBS) else ""
        if method == "POST" and path == FRAMES:
            handler: Handler = detect_faces
        elif method == "GET" and job_id and "/" not in job_id:
            handler = get_job
        else:
            return None
        scope.update(path=path, root_path=self._public_path, path_params={"job_id": job_id})
        return handler

    async def _call(self, handler: Handler, scope: Scope, receive: Receive) -> Response | None:
        """Return the response; None if the client has gone."""
        with self._limits.limit(scope, receive) as body:
            request = Request(scope, body.receive)
            try:
                return await handler(request)
            except ClientDisconnect:
                log_disconnect(scope)
                return None
            except Exception as error:
                return await self._answer_error(request, error)

    async def _answer_error(self, request: Request, error: Exception) -> Response:
        for kind in type(error).__mro__:
            if handler := self._error_handlers.get(kind):
                response: Response = await handler(request, error)
                return response
        return answer_unexpected_error(request.scope)
