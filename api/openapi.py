"""Complete the OpenAPI document: shared error responses, and schemas that no route refers to."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from api.errors import ProblemError
from api.openapi_examples import add_example
from api.openapi_summaries import SUMMARIES, TAGS
from api.problem import Problem

SCHEMA = "#/components/schemas/{model}"
RESPONSE = "#/components/responses/{name}"

_DESCRIPTIONS = {
    401: "Missing, wrong or expired credentials",
    404: "Does not exist, or belongs to somebody else",
    409: "Conflict with the current state: already reviewed, closed to new candidates, or full",
    413: "The body is too large",
    422: "Invalid input; `errors` names the fields",
    429: "Too many requests; `Retry-After` says when to continue",
    502: "The video vendor failed; nothing was created",
    503: "No capacity, or a server behind the gateway is unavailable; `Retry-After` says when to retry",
}


def error_responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return a route's `responses` for these errors, and for 429 and 503, which any route may return."""
    return {status: {"$ref": RESPONSE.format(name=_name(status))} for status in sorted({*statuses, 429, 503})}


def complete_openapi(app: FastAPI, types: Mapping[str, TypeAdapter[Any]]) -> None:
    """Add the responses that `error_responses` refers to and the schemas of `types`; drop titles."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        components = document["components"]
        if "responses" in components:  # FastAPI caches the document
            return document
        components["schemas"] = _without_titles(components["schemas"] | _schemas(types))
        components["responses"] = {_name(status): _response(status) for status in _DESCRIPTIONS}
        document["paths"] = _without_titles(document["paths"])
        document["tags"] = [{"name": tag, "description": text} for tag, text in TAGS.items()]
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _refer_to_responses(operation["responses"])
                _complete_operation(f"{method.upper()} {path}", operation, components["schemas"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation says


def _complete_operation(name: str, operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Replace FastAPI's summary, which is the function's name, and add examples."""
    if name in SUMMARIES:
        operation["summary"] = SUMMARIES[name]
    for body in (operation.get("requestBody", {}), *operation["responses"].values()):
        add_example(body.get("content", {}), schemas)


def _schemas(types: Mapping[str, TypeAdapter[Any]]) -> dict[str, Any]:
    adapters = {Problem.__name__: TypeAdapter(Problem), **types}
    schemas, models = TypeAdapter.json_schemas(
        [(name, "validation", adapter) for name, adapter in adapters.items()], ref_template=SCHEMA
    )
    definitions: dict[str, Any] = models["$defs"]
    return {name: schema for (name, _), schema in schemas.items()} | definitions


def error_types(base: type[ProblemError] = ProblemError) -> list[type[ProblemError]]:
    """Return all subclasses of `base`, parents first."""
    return [found for kind in base.__subclasses__() for found in (kind, *error_types(kind))]


def _name(status: int) -> str:
    return f"Problem{status}"


def _types(status: int) -> list[str]:
    return [kind.type for kind in error_types() if kind.status == status]


def _describe(status: int) -> str:
    return f"{_DESCRIPTIONS[status]}. `type`: {', '.join(f'`{kind}`' for kind in _types(status))}"


def _response(status: int) -> dict[str, object]:
    example = Problem(
        type=_types(status)[0], title=HTTPStatus(status).phrase, status=status, detail="what to do now"
    )
    content = {
        "schema": {"$ref": SCHEMA.format(model=Problem.__name__)},
        "example": example.model_dump(exclude_none=True),
    }
    return {"description": _describe(status), "content": {"application/problem+json": content}}


def _refer_to_responses(responses: dict[str, dict[str, Any]]) -> None:
    """Drop the descriptions that FastAPI writes beside a reference: it describes the response."""
    for status, response in responses.items():
        if "$ref" in response:
            responses[status] = {"$ref": response["$ref"]}


def _without_titles(part: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    if isinstance(part, list):
        return [_without_titles(item) for item in part]
    if not isinstance(part, dict):
        return part
    # A field named `title` stays: its description is an object, not text.
    return {
        name: _without_titles(value)
        for name, value in part.items()
        if not (name == "title" and isinstance(value, str))
    }
