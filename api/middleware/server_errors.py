"""Log unexpected exceptions and answer them with 500."""

import logging
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problem import problem_response
from api.refusals import count_refusal

log = logging.getLogger(__name__)


class ServerErrorMiddleware:
    """Answer unexpected exceptions with 500, inside the middleware that adds headers to every response.

    Starlette's own handler for all exceptions runs outside of all middleware, without those headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; re-raise an exception if the response has already started."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response_started = False

        async def tracked_send(message: Message) -> None:
            nonlocal response_started
            response_started = True
            await send(message)

        try:
            await self._app(scope, receive, tracked_send)
        except ClientDisconnect:
            log_disconnect(scope)
        except Exception:
            if response_started:
                raise
            await answer_unexpected_error(scope)(scope, receive, send)


def log_disconnect(scope: Scope) -> None:
    """Log that a client has gone: usually a candidate with a bad network, and no error of ours."""
    log.info("client disconnected before its request was complete", extra={"path": scope["path"]})


def answer_unexpected_error(scope: Scope) -> Response:
    """Log the exception that is being handled, and return the response."""
    log.exception("unexpected error in a request", extra={"path": scope["path"]})  # noqa: LOG004 - see above
    count_refusal(scope, "fault")
    return problem_response(
        HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong on the server; it has been logged"
    )
