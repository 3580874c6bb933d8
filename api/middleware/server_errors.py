"""Unexpected exceptions, answered with 500 and logged."""

import logging
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem_response
from api.refusals import count_refusal

log = logging.getLogger(__name__)


class ServerErrorMiddleware:
    """Answer unexpected exceptions with 500, inside the middleware that adds headers to every answer.

    Starlette calls a handler for all exceptions outside every middleware, where those headers are missing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; re-raise an exception that comes after the answer has begun."""
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
            # Usually a candidate with a bad network: nobody is left to answer, and it is no error of ours.
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
