"""Accept paths with a trailing slash."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from api.problem import problem_response


class TrailingSlashMiddleware:
    """Route `/detect_faces/` as `/detect_faces`: the tutorial's clients add the slash."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on without trailing slashes; answer 404 if the path ends with a line break."""
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("\n"):
            # The router's `$` also matches before a line break, so a path that a proxy blocks would match.
            await problem_response(HTTPStatus.NOT_FOUND, "Not Found")(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)
