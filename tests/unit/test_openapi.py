"""The OpenAPI document describes the WebSocket's messages, from which the pages' types are generated."""

from typing import Any

from api.app import create_app
from shared.settings import Settings


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = create_app(Settings()).openapi()["components"]["schemas"][name]
    return found


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
