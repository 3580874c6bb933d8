"""Serve the gateway below a path of its host, as in PUBLIC_URL=https://example.org/proctor."""

from starlette.types import ASGIApp, Receive, Scope, Send


class StripPublicPath:
    """Remove the public path from the request's path, unless the proxy has already removed it.

    Inner middleware sees paths without it. `root_path` contains it, for links.
    """

    def __init__(self, app: ASGIApp, public_path: str) -> None:
        self._app = app
        self._public_path = public_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on without the public path."""
        if scope["type"] in {"http", "websocket"}:
            path: str = scope["path"]
            if path == self._public_path or path.startswith(f"{self._public_path}/"):
                path = path.removeprefix(self._public_path) or "/"
            scope = {**scope, "root_path": self._public_path, "path": path}
        await self._app(scope, receive, send)


class RestorePublicPath:
    """Prefix the path with `root_path` again, as ASGI specifies: mounted directories need it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to the router."""
        if scope["type"] in {"http", "websocket"}:
            scope = {**scope, "path": scope["root_path"] + scope["path"]}
        await self._app(scope, receive, send)
