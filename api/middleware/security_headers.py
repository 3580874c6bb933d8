"""Security headers for every response."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

DOCS_PATH = "/docs"

SECURITY_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
# FastAPI's page has inline scripts and styles.
DOCS_CONTENT_POLICY = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; frame-ancestors 'none'"
)
DOCS_SECURITY_HEADERS = ((b"content-security-policy", DOCS_CONTENT_POLICY), *SECURITY_HEADERS[1:])


class SecurityHeaders:
    """Add restrictive security headers, unless the response has its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the missing headers to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = DOCS_SECURITY_HEADERS if scope["path"].startswith(DOCS_PATH) else SECURITY_HEADERS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                missing = [header for header in headers if header[0] not in present]
                message["headers"] = [*message["headers"], *missing]
            await send(message)

        await self._app(scope, receive, send_with_headers)
