"""The body of every error response (RFC 9457)."""

import math
from collections.abc import Mapping
from http import HTTPStatus

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema

from api.errors import NotFound, ProblemError
from api.input.validation_errors import FieldError

NO_TYPE = "about:blank"
"""The type of a problem that is fully described by its status."""


def _omit_default(schema: JsonDict) -> None:
    """Describe a field that is omitted rather than null."""
    del schema["default"]


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(
        description="The kind of error, for programs; `about:blank` means that the status says it all. "
        "`docs/errors.md` lists the types. Treat an unknown one as `about:blank`",
        examples=[NotFound.type],
    )
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no such job"])
    next_frame_in_ms: int | SkipJsonSchema[None] = Field(
        None,
        description="When to send the next frame; only for a refused frame",
        json_schema_extra=_omit_default,
    )
    errors: list[FieldError] | SkipJsonSchema[None] = Field(
        None,
        description="Only with 422: the invalid fields, at most ten",
        json_schema_extra=_omit_default,
    )


def problem_response(
    status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the response for an error that needs no type besides its status."""
    return _respond(Problem(type=NO_TYPE, title=status.phrase, status=status, detail=detail), headers)


def error_response(error: ProblemError) -> JSONResponse:
    """Return the response for `error`, with its headers."""
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
