"""What happens to a request before its route is looked for."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import TooLarge, refuse


class OneSlashOrNone:
    """`/detect_faces/` is `/detect_faces`, as the tutorial's clients write it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on without a trailing slash in its path."""
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)


class AnnouncedSize:
    """413 by `Content-Length`, before anything of the body is read.

    FastAPI's own `max_body_size` would refuse it too, but in plain text instead of problem+json. It is left to
    count the bytes of a body whose length is not announced.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is small enough."""
        if scope["type"] == "http":
            announced = Headers(scope=scope).get("content-length", "0")
            if announced.isdecimal() and int(announced) > self._max_bytes:
                error = TooLarge(f"the body is too large; at most {self._max_bytes} bytes are taken")
                await refuse(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
