"""Answer a browser's navigation with an error page instead of a JSON problem."""

import json

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_page import PAGE_POLICY, render_error_page

_PROBLEM = "application/problem+json"


class ErrorPages:
    """Replace a problem by a page where the client asks for HTML: only browsers do, when a link is opened."""

    def __init__(self, app: ASGIApp, public_path: str) -> None:
        self._app = app
        self._public_path = public_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; replace a problem's headers and body."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def send_page(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message
            elif start is None:
                await send(message)
            else:  # a problem's body comes in one message
                await self._send_page(start, json.loads(message["body"])["detail"], send)

        await self._app(scope, receive, send_page)

    async def _send_page(self, start: Message, detail: str, send: Send) -> None:
        page = render_error_page(start["status"], detail, self._public_path)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers["Content-Length"] = str(len(page))
        headers["Content-Security-Policy"] = PAGE_POLICY
        headers.add_vary_header("Accept")
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": page})


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type") == _PROBLEM
