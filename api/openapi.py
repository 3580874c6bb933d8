"""The OpenAPI document: error answers, and components that no route brings by itself."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from api.errors import Problem, ProblemError

SCHEMA = "#/components/schemas/{model}"

_DESCRIPTIONS = {
    401: "No credentials, or wrong or expired ones",
    404: "Not there, or somebody else's",
    409: "In conflict with the present state: decided meanwhile, closed to new people, or full",
    413: "The body is too large",
    422: "Invalid input; `errors` names the fields",
    429: "Too fast; `Retry-After` says when to go on",
    502: "The video vendor failed; nothing was created",
    503: "No capacity, or a server behind the gateway is away; `Retry-After` says when to try again",
}


def answers(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return the `responses` of a route: these errors, and 429 and 503, which any route may give."""
    return {
        # FastAPI makes up a description where there is none.
        status: {"$ref": f"#/components/responses/{_name(status)}", "description": _describe(status)}
        for status in sorted({*statuses, 429, 503})
    }


def complete_document(app: FastAPI, types: Mapping[str, TypeAdapter[Any]]) -> None:
    """Add what `answers` refers to and `types` as components; omit titles derived from field names."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        components = document["components"]
        if "responses" in components:  # FastAPI keeps the document
            return document
        components["schemas"] = _without_titles(components["schemas"] | _schemas(types))
        components["responses"] = {_name(status): _response(status) for status in _DESCRIPTIONS}
        document["paths"] = _without_titles(document["paths"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _schemas(types: Mapping[str, TypeAdapter[Any]]) -> dict[str, Any]:
    adapters = {Problem.__name__: TypeAdapter(Problem), **types}
    schemas, models = TypeAdapter.json_schemas(
        [(name, "validation", adapter) for name, adapter in adapters.items()], ref_template=SCHEMA
    )
    definitions: dict[str, Any] = models["$defs"]
    return {name: schema for (name, _), schema in schemas.items()} | definitions


def error_types(base: type[ProblemError] = ProblemError) -> list[type[ProblemError]]:
    """Return all errors below `base`, parents first."""
    return [found for kind in base.__subclasses__() for found in (kind, *error_types(kind))]


def _name(status: int) -> str:
    return f"Problem{status}"


def _types(status: int) -> list[str]:
    return [kind.type for kind in error_types() if kind.status == status]


def _describe(status: int) -> str:
    return f"{_DESCRIPTIONS[status]}. `type`: {', '.join(f'`{kind}`' for kind in _types(status))}"


def _response(status: int) -> dict[str, object]:
    example = Problem(
        type=_types(status)[0], title=HTTPStatus(status).phrase, status=status, detail="what to do about it"
    )
    content = {
        "schema": {"$ref": SCHEMA.format(model=Problem.__name__)},
        "example": example.model_dump(exclude_none=True),
    }
    return {"description": _describe(status), "content": {"application/problem+json": content}}


def _without_titles(part: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    if isinstance(part, list):
        return [_without_titles(item) for item in part]
    if not isinstance(part, dict):
        return part
    # A field may be called `title`, too: what describes it is no text.
    return {
        name: _without_titles(value)
        for name, value in part.items()
        if not (name == "title" and isinstance(value, str))
    }
