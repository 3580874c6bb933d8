"""Headers of every answer that tell browsers what they may do with it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

DOCUMENTATION = "/docs"

OF_EVERY_ANSWER = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
# Its page has its script and its styles within it.
DOCUMENTATION_POLICY = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; frame-ancestors 'none'"
)
OF_THE_DOCUMENTATION = ((b"content-security-policy", DOCUMENTATION_POLICY), *OF_EVERY_ANSWER[1:])


class SecurityHeaders:
    """What a browser may do with an answer: nothing but read it, unless the answer says more itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers that are not there."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = OF_THE_DOCUMENTATION if scope["path"].startswith(DOCUMENTATION) else OF_EVERY_ANSWER

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(new for new in policy if new[0] not in there)]
            await send(message)

        await self._app(scope, receive, send_with_headers)
