"""Support HEAD wherever there is GET."""

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadAsGet:
    """Handle HEAD as GET; uvicorn knows the original method and sends the headers only.

    The audit log records it as a GET.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as GET."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
