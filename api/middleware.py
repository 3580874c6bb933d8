"""What happens to a request before its route is looked for."""

import logging
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem_response
from api.refusals import count_refusal

log = logging.getLogger(__name__)

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


class Faults:
    """An error on our side is answered here, so that the answer gets the headers of every other.

    Starlette's own place for a handler of all exceptions is around every middleware.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and answers 500 when it breaks off; raises what breaks off an answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answering = False

        async def send_noted(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except ClientDisconnect:
            # Mostly a candidate whose line is bad: nobody is left to answer, and nobody is to be paged.
            log.info("a client left before its request was all there", extra={"path": scope["path"]})
        except Exception:
            if answering:
                raise
            log.exception("a request failed", extra={"path": scope["path"]})
            count_refusal(scope, "fault")
            fault = problem_response(
                HTTPStatus.INTERNAL_SERVER_ERROR, "an error on our side; it has been logged"
            )
            await fault(scope, receive, send)


class OneSlashOrNone:
    """`/detect_faces/` is `/detect_faces`, as the tutorial's clients write it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on without a trailing slash in its path; 404 where a line end is the last."""
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("\n"):
            # A router's `$` would take it for the path without it, which a proxy may hold back.
            await problem_response(HTTPStatus.NOT_FOUND, "Not Found")(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)
