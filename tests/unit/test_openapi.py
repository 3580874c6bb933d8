"""The OpenAPI document describes the WebSocket's messages, from which the pages' types are generated."""

from typing import Any

from api.app import create_app
from shared.settings import Settings


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


def test_messages_to_the_browser_are_told_apart_by_type() -> None:
    types = set(schema("MessageToBrowser")["discriminator"]["mapping"])
    assert types == {"welcome", "signal", "watched", "message", "sent", "receipt", "error"}


def test_messages_to_the_gateway_are_described() -> None:
    names = {option["$ref"].rpartition("/")[2] for option in _options(schema("MessageToGateway"))}
    assert names == {"Hello", "SignalToCandidate", "SignalToAdmin", "Receipt"}


def _options(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of a union, also of a union within it."""
    if "$ref" in part:
        return [part]
    return [found for option in part.get("anyOf") or part["oneOf"] for found in _options(option)]
