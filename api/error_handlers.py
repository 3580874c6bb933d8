"""Turn known exceptions into responses; `ServerErrorMiddleware` handles all others."""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.errors import (
    OUTAGES,
    InvalidInput,
    MeetingClosed,
    MeetingFull,
    ProblemError,
    ServerUnavailable,
    VideoVendorFailed,
    VideoVendorUnavailable,
)
from api.input.validation_errors import describe
from api.problem import error_response, problem_response
from api.refusals import count_refusal, refusal_reason
from shared.db.joining import MeetingClosedError, MeetingFullError
from shared.video.error import VendorUnavailable, VideoError

log = logging.getLogger(__name__)

DOMAIN_ERRORS: dict[type[Exception], type[ProblemError]] = {
    MeetingClosedError: MeetingClosed,
    MeetingFullError: MeetingFull,
    VideoError: VideoVendorFailed,
    VendorUnavailable: VideoVendorUnavailable,
}
"""Errors of `shared/`, which knows no HTTP. A subclass that is not listed is handled like its parent."""

Handler = Callable[[Request, Exception], Awaitable[JSONResponse]]


def add_error_handlers(app: FastAPI, refuse_invalid: Callable[[Request], ProblemError | None]) -> None:
    """Register handlers that respond with RFC 9457 problems.

    `refuse_invalid` counts an invalid request, and returns the error to send instead if there are too many.
    """

    def count_invalid(handler: Handler) -> Handler:
        async def handle(request: Request, error: Exception) -> JSONResponse:
            if refusal := refuse_invalid(request):
                return await _answer_problem(request, refusal)
            count_refusal(request.scope, "invalid")
            return await handler(request, error)

        return handle

    handlers: dict[type[Exception] | int, Handler] = {
        ProblemError: _answer_problem,
        **dict.fromkeys(DOMAIN_ERRORS, _answer_domain_error),
        **dict.fromkeys(OUTAGES, _answer_outage),
        RequestValidationError: count_invalid(_answer_invalid),
        HTTPStatus.BAD_REQUEST: count_invalid(_answer_not_text),
        HTTPException: _answer_http_exception,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, _drop_tracebacks(handler))


async def _answer_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for this type above
    count_refusal(request.scope, refusal_reason(error))
    return error_response(error)


async def _answer_domain_error(request: Request, error: Exception) -> JSONResponse:
    return await _answer_problem(request, to_problem(error))


def to_problem(error: Exception) -> ProblemError:
    """Convert an error of `shared/` by the nearest of its classes that is in `DOMAIN_ERRORS`."""
    nearest = next(DOMAIN_ERRORS[kind] for kind in type(error).__mro__ if kind in DOMAIN_ERRORS)
    problem = nearest(str(error))
    problem.retry_after = getattr(error, "retry_after", None)
    return problem


async def _answer_outage(request: Request, error: Exception) -> JSONResponse:
    log.warning("server unavailable: %s", type(error).__name__, extra={"path": request.url.path})
    # The metric's label is older than the error's name; alerts refer to it.
    count_refusal(request.scope, "server_away")
    return error_response(
        ServerUnavailable("a server behind the gateway does not answer; try again in a few seconds")
    )


async def _answer_invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type above
    errors = error.errors()
    described = describe(errors)
    more = [f"and {len(errors) - len(described)} more"] if len(errors) > len(described) else []
    return error_response(InvalidInput("; ".join([*map(str, described), *more]), described))


async def _answer_not_text(_: Request, __: Exception) -> JSONResponse:
    """Turn FastAPI's 400 for a body that is not UTF-8 into the 422 of any other invalid body."""
    return error_response(InvalidInput("the body is not JSON in UTF-8"))


async def _answer_http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type above
    if isinstance(error.__cause__, ProblemError):  # see api.middleware.body_limit
        return await _answer_problem(request, error.__cause__)
    return problem_response(HTTPStatus(error.status_code), str(error.detail), error.headers)


def _drop_tracebacks(handler: Handler) -> Handler:
    """Wrap `handler` so that it drops the tracebacks of the error and of its causes.

    Their frames hold the request body and form reference cycles, which would keep it until the next garbage
    collection.
    """

    async def handle(request: Request, error: Exception) -> JSONResponse:
        answer = await handler(request, error)
        # Contexts include causes: `raise … from` is used where the cause was caught.
        chained: BaseException | None = error
        while chained is not None:
            chained.__traceback__ = None
            chained = chained.__context__
        return answer

    return handle
