"""The OpenAPI document describes the WebSocket's messages, from which the pages' types are generated."""

from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from api.app import create_app
from api.openapi_summaries import SUMMARIES
from shared.settings import Settings


@cache
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


def test_errors_are_described_once() -> None:
    """Repeated beside each reference, the descriptions were 150 lines of the generated types."""
    paths = document()["paths"].values()
    operations = [operation for path in paths for operation in path.values()]

    answers = [answer for operation in operations for answer in operation["responses"].values()]

    assert [answer for answer in answers if "$ref" in answer and len(answer) > 1] == []
    assert {answer["$ref"] for answer in answers if "$ref" in answer} >= {
        "#/components/responses/Problem404",
        "#/components/responses/Problem503",
    }


def operations() -> dict[str, dict[str, Any]]:
    """Return every operation by method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_has_a_written_summary() -> None:
    assert set(SUMMARIES) == set(operations())
    assert len(set(SUMMARIES.values())) == len(SUMMARIES)
    for name, operation in operations().items():
        assert operation["summary"] == SUMMARIES[name]
        assert operation["description"].endswith("."), name


def test_operations_are_grouped_by_described_tags() -> None:
    assert {tag["name"] for tag in document()["tags"]} == {
        tag for operation in operations().values() for tag in operation["tags"]
    }
    assert all(len(operation["tags"]) == 1 for operation in operations().values())


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_body_has_a_valid_example(name: str) -> None:
    contract = document()
    operation = contract["paths"][name.partition(" ")[2]][name.partition(" ")[0].lower()]
    answers = [answer for answer in operation["responses"].values() if "$ref" not in answer]
    for body in (operation.get("requestBody", {}), *answers):
        for kind, content in body.get("content", {}).items():
            if kind == "application/json":
                schema = content["schema"] | {"components": contract["components"]}
                jsonschema_rs.validate(schema, content["example"])
            elif kind.startswith("text/"):
                assert content["example"]


def test_messages_to_the_browser_are_told_apart_by_type() -> None:
    types = set(schema("MessageToBrowser")["discriminator"]["mapping"])
    assert types == {"welcome", "signal", "watched", "message", "sent", "receipt", "looking", "error"}


def test_messages_to_the_gateway_are_described() -> None:
    names = {option["$ref"].rpartition("/")[2] for option in _options(schema("MessageToGateway"))}
    assert names == {"Hello", "Looking", "SignalToCandidate", "SignalToAdmin", "Receipt"}


def _options(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of a union, also of a union within it."""
    if "$ref" in part:
        return [part]
    return [found for option in part.get("anyOf") or part["oneOf"] for found in _options(option)]
