"""Errors that the gateway answers with, each with its HTTP status and its problem type (RFC 9457).

`docs/errors.md` tells clients what each type means. `api/error_handlers.py` turns errors into answers.
"""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import ClassVar

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema
from redis.exceptions import RedisError

from api.input.validation_errors import FieldError
from shared.db.connection import TRANSIENT_ERRORS
from shared.stores.store import StoreError

URN = "urn:proctor:"
NO_TYPE = "about:blank"
"""The type of a problem that its status says everything about."""

OUTAGE_RETRY_SECONDS = 5

OUTAGES = (RedisError, *TRANSIENT_ERRORS, StoreError)
"""Errors that mean a server behind the gateway is away."""


class ProblemError(Exception):
    """Base of every error that a client is told about.

    A subclass inherits its parent's status and has a type of its own. Clients rely on types: none may change.
    """

    status: ClassVar[HTTPStatus]
    type: ClassVar[str]

    retry_after: float | None = None
    """In seconds."""
    next_frame_in_ms: int | None = None
    """Only for a refused frame."""
    errors: Sequence[FieldError] = ()
    """What is wrong with which field of the input."""


class NotAuthorised(ProblemError):
    """No credentials were sent, or not the right ones."""

    status = HTTPStatus.UNAUTHORIZED
    type = f"{URN}not-authorised"


class InvalidToken(NotAuthorised):
    """The token is not one of ours, was altered, or has expired; the message says which."""

    type = f"{URN}invalid-token"


class WrongOrigin(ProblemError):
    """A page of another origin may not open a WebSocket here."""

    status = HTTPStatus.FORBIDDEN
    type = f"{URN}wrong-origin"


class NotFound(ProblemError):
    """Not there, or somebody else's: the two look alike on purpose."""

    status = HTTPStatus.NOT_FOUND
    type = f"{URN}not-found"


class ReviewConflict(ProblemError):
    """Somebody else has decided about the flag since the client read it."""

    status = HTTPStatus.CONFLICT
    type = f"{URN}review-conflict"


class MeetingClosed(ProblemError):
    """The meeting takes no new candidates at present."""

    status = HTTPStatus.CONFLICT
    type = f"{URN}meeting-closed"


class MeetingFull(ProblemError):
    """The meeting has as many candidates as it may have."""

    status = HTTPStatus.CONFLICT
    type = f"{URN}meeting-full"


class TooLarge(ProblemError):
    """The body or its picture is larger than the route takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    type = f"{URN}too-large"


class InvalidInput(ProblemError):
    """The input is not what the route takes; `errors` names the fields."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = f"{URN}invalid-input"

    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.errors = errors


class NotAPicture(InvalidInput):
    """The bytes are not a JPEG, PNG or WebP in base64."""

    type = f"{URN}not-a-picture"


class BadCursor(InvalidInput):
    """The cursor does not come from this list."""

    type = f"{URN}bad-cursor"


class RetentionTooLong(InvalidInput):
    """The retention is longer than the operator's."""

    type = f"{URN}retention-too-long"


class TooComplex(InvalidInput):
    """The JSON has more elements than any valid body."""

    type = f"{URN}too-complex"


class TooFast(ProblemError):
    """The participant sends frames faster than allowed."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    type = f"{URN}too-fast"

    def __init__(self, retry_after: float, next_frame_in_ms: int) -> None:
        super().__init__(f"too many frames; send the next in {math.ceil(retry_after)} s")
        self.retry_after = retry_after
        self.next_frame_in_ms = next_frame_in_ms


class TooMany(ProblemError):
    """One address, participant or meeting has reached the limit of what `detail` names."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    type = f"{URN}too-many"

    def __init__(self, what: str, retry_after: float) -> None:
        super().__init__(f"too many {what}; try again in {math.ceil(retry_after)} s")
        self.retry_after = retry_after


class VideoVendorFailed(ProblemError):
    """The video vendor did not do what it was asked; nothing was created."""

    status = HTTPStatus.BAD_GATEWAY
    type = f"{URN}video-vendor-failed"


class VideoVendorUnavailable(VideoVendorFailed):
    """The video vendor does not answer, or asks to be called later."""

    type = f"{URN}video-vendor-unavailable"


class Busy(ProblemError):
    """More frames wait than the workers can judge in time, or than there is room for."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = f"{URN}busy"

    def __init__(self, reason: str, retry_after: float, next_frame_in_ms: int) -> None:
        super().__init__(f"the system is busy: {reason}; try again soon")
        self.retry_after = retry_after
        self.next_frame_in_ms = next_frame_in_ms


class Overloaded(ProblemError):
    """The gateway has no memory for another large body, or no room for another connection."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = f"{URN}overloaded"
    retry_after = 5


class ServerUnavailable(ProblemError):
    """Postgres, Redis, the evidence store or the gateway itself does not answer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = f"{URN}server-unavailable"
    retry_after = OUTAGE_RETRY_SECONDS


def _omit_default(schema: JsonDict) -> None:
    """Describe a field that is left out rather than null."""
    del schema["default"]


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(
        description="What kind of error this is, for programs; `about:blank`: what the status says. "
        "`docs/errors.md` lists the types. Treat one that you do not know as `about:blank`",
        examples=[NotFound.type],
    )
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no such job"])
    next_frame_in_ms: int | SkipJsonSchema[None] = Field(
        None,
        description="When to send the next frame, if one was refused",
        json_schema_extra=_omit_default,
    )
    errors: list[FieldError] | SkipJsonSchema[None] = Field(
        None,
        description="Of a 422: what is wrong with which field, at most ten",
        json_schema_extra=_omit_default,
    )


def problem_response(
    status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the answer for an error whose status says what kind it is."""
    return _respond(Problem(type=NO_TYPE, title=status.phrase, status=status, detail=detail), headers)


def error_response(error: ProblemError) -> JSONResponse:
    """Return the answer for `error`."""
    headers = {}
    if error.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    problem = Problem(
        type=error.type,
        title=error.status.phrase,
        status=error.status,
        detail=str(error),
        next_frame_in_ms=error.next_frame_in_ms,
        errors=list(error.errors) or None,
    )
    return _respond(problem, headers)


def _respond(problem: Problem, headers: Mapping[str, str] | None) -> JSONResponse:
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")
