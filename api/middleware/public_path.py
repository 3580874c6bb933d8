"""A gateway under a path of its host, as in PUBLIC_URL=https://example.org/proctor."""

from starlette.types import ASGIApp, Receive, Scope, Send


class StripPublicPath:
    """Take the public path away where the proxy before the gateway has left it on.

    All middleware inside sees paths without it. `root_path` has it, for links to what is ours.
    """

    def __init__(self, app: ASGIApp, public_path: str) -> None:
        self._app = app
        self._public_path = public_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its inner path."""
        if scope["type"] in {"http", "websocket"}:
            path: str = scope["path"]
            if path == self._public_path or path.startswith(f"{self._public_path}/"):
                path = path.removeprefix(self._public_path) or "/"
            scope = {**scope, "root_path": self._public_path, "path": path}
        await self._app(scope, receive, send)


class RestorePublicPath:
    """The path as ASGI wants it, with `root_path`: a mounted directory finds no file otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to the router."""
        if scope["type"] in {"http", "websocket"}:
            scope = {**scope, "path": scope["root_path"] + scope["path"]}
        await self._app(scope, receive, send)
