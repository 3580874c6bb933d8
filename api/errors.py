"""How the gateway refuses: what can go wrong, and the one table that gives each its HTTP answer.

Every error body is RFC 9457 `application/problem+json`.
"""

import logging
import math
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, WithJsonSchema
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from api.invalid_input import FieldError, describe
from api.refusals import count_refusal, reason_of
from api.tokens import InvalidToken
from shared.database import AWAY
from shared.joining import MeetingClosedError, MeetingFullError
from shared.stores.store import StoreError
from shared.video.error import NotAtVendor, VendorAway, VideoError

log = logging.getLogger(__name__)

OUTAGE_RETRY_SECONDS = 5


class Refusal(Exception):
    """Base of everything the gateway says no to; `retry_after` is in seconds, the other for frames only."""

    retry_after: float | None = None
    next_frame_in_ms: int | None = None


class NotAuthorised(Refusal):
    """No credentials, or not the right ones."""


class NotFound(Refusal):
    """Not there, or somebody else's: the two look alike on purpose."""


class NotAPicture(Refusal):
    """The bytes are not a JPEG, PNG or WebP in base64."""


class BadCursor(Refusal):
    """A place in a list that the list did not give."""


class ReviewedMeanwhile(Refusal):
    """Another decision about the flag came in between."""


class RetentionTooLong(Refusal):
    """Pictures are to be kept longer than the operator keeps any."""


class TooComplex(Refusal):
    """The JSON has more elements than any message of ours."""


class TooLarge(Refusal):
    """The body is larger than any frame may be."""


class TooFast(Refusal):
    """This participant sends more often than is allowed."""

    def __init__(self, retry_after: float, next_frame_in_ms: int) -> None:
        super().__init__(f"too many frames; send the next in {math.ceil(retry_after)} s")
        self.retry_after = retry_after
        self.next_frame_in_ms = next_frame_in_ms


class TooMany(Refusal):
    """More of something than one address or one meeting has use for."""

    def __init__(self, what: str, retry_after: float) -> None:
        super().__init__(f"too many {what}; try again in {math.ceil(retry_after)} s")
        self.retry_after = retry_after


class Busy(Refusal):
    """More frames wait than can be judged in time, or kept."""

    def __init__(self, reason: str, retry_after: float, next_frame_in_ms: int) -> None:
        super().__init__(f"the system is busy: {reason}; try again soon")
        self.retry_after = retry_after
        self.next_frame_in_ms = next_frame_in_ms


class ServerAway(Refusal):
    """Postgres, Redis or the evidence store does not answer."""

    retry_after = OUTAGE_RETRY_SECONDS


STATUS: dict[type[Exception], HTTPStatus] = {
    NotAuthorised: HTTPStatus.UNAUTHORIZED,
    InvalidToken: HTTPStatus.UNAUTHORIZED,
    NotFound: HTTPStatus.NOT_FOUND,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooComplex: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAPicture: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadCursor: HTTPStatus.UNPROCESSABLE_ENTITY,
    RetentionTooLong: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReviewedMeanwhile: HTTPStatus.CONFLICT,
    MeetingClosedError: HTTPStatus.CONFLICT,
    MeetingFullError: HTTPStatus.CONFLICT,
    TooFast: HTTPStatus.TOO_MANY_REQUESTS,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    ServerAway: HTTPStatus.SERVICE_UNAVAILABLE,
    VideoError: HTTPStatus.BAD_GATEWAY,
    VendorAway: HTTPStatus.BAD_GATEWAY,
    NotAtVendor: HTTPStatus.BAD_GATEWAY,
}

OUTAGES = (RedisError, *AWAY, StoreError)
"""Errors that mean a server behind the gateway is away."""


class Problem(BaseModel):
    """An error as RFC 9457 has it."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no such job"])
    next_frame_in_ms: int | None = Field(None, description="When to send the next frame, if one was refused")
    errors: Annotated[
        list[FieldError] | None,
        # Within it, as each route's documentation has a copy of its own, in which a reference leads nowhere.
        WithJsonSchema({"type": "array", "items": FieldError.model_json_schema()}),
    ] = Field(None, description="Of a 422: what is wrong with which field, at most ten")


def problem(
    status: HTTPStatus,
    detail: str,
    headers: dict[str, str] | None = None,
    next_frame_in_ms: int | None = None,
    errors: list[FieldError] | None = None,
) -> JSONResponse:
    """The answer for an error."""
    details = Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        next_frame_in_ms=next_frame_in_ms,
        errors=errors,
    )
    body = details.model_dump(exclude_none=True)
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def refuse(error: Exception) -> JSONResponse:
    """The answer for one of the exceptions in `STATUS`."""
    status = STATUS[type(error)]
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Refusal | VideoError) and error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    return problem(status, str(error), headers, getattr(error, "next_frame_in_ms", None))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    count_refusal(request.scope, reason_of(error))
    return refuse(error)


async def _server_away(request: Request, error: Exception) -> JSONResponse:
    log.warning("a server is away: %s", type(error).__name__, extra={"path": request.url.path})
    away = ServerAway("a server behind the gateway does not answer; try again in a few seconds")
    return await _refused(request, away)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type below
    errors = error.errors()
    wrong = describe(errors)
    more = [f"and {len(errors) - len(wrong)} more"] if len(errors) > len(wrong) else []
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join([*map(str, wrong), *more]), errors=wrong)


async def _not_text(_: Request, __: Exception) -> JSONResponse:
    """FastAPI's 400 for a body that is not even text; every other wrong body is a 422."""
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the body is not JSON in UTF-8")


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type below
    return problem(HTTPStatus(error.status_code), str(error.detail), dict(error.headers or {}))


Handler = Callable[[Request, Exception], Awaitable[JSONResponse]]


def handle_errors(app: FastAPI, refuse_invalid: Callable[[Request], Refusal | None]) -> None:
    """Has every error of the table answered as it says; `api.middleware.Faults` answers all others.

    `refuse_invalid` counts an invalid request, and gives the refusal to answer it with if there are too many.
    """

    def counted(handler: Handler) -> Handler:
        async def handle(request: Request, error: Exception) -> JSONResponse:
            if refusal := refuse_invalid(request):
                return await _refused(request, refusal)
            count_refusal(request.scope, "invalid")
            return await handler(request, error)

        return _forgetting(handle)

    for kind in STATUS:
        app.add_exception_handler(kind, _forgetting(_refused))
    for kind in OUTAGES:
        app.add_exception_handler(kind, _forgetting(_server_away))
    app.add_exception_handler(RequestValidationError, counted(_invalid))
    app.add_exception_handler(HTTPStatus.BAD_REQUEST, counted(_not_text))
    app.add_exception_handler(HTTPException, _forgetting(_http_error))


def _forgetting(handler: Handler) -> Handler:
    """Have the handler drop the tracebacks of the error and of what caused it.

    Their frames hold the body and refer to the error again: cycles, which stay until the collector runs.
    """

    async def handle(request: Request, error: Exception) -> JSONResponse:
        answer = await handler(request, error)
        # A cause is a context too, as `raise … from` stands where the cause was caught.
        link: BaseException | None = error
        while link is not None:
            link.__traceback__ = None
            link = link.__context__
        return answer

    return handle


_EXPLAINED = {
    401: "No credentials, or wrong or expired ones",
    404: "Not there, or somebody else's",
    409: "In the way of something else: decided meanwhile, or closed to new people, or full",
    413: "The body is too large",
    422: "The input is not what it should be; `errors` says where",
    429: "Too fast; `Retry-After` says when to go on",
    502: "The video vendor failed; nothing was created",
    503: "No capacity, or a server behind the gateway is away; `Retry-After` says when to try again",
}


def answers(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The `responses` of a route for the documentation: these errors, and 429 and 503, which any may give."""
    return {
        status: {
            "description": _EXPLAINED[status],
            "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
        }
        for status in sorted({*statuses, 429, 503})
    }
