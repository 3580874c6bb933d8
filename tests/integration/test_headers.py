"""What browsers are told about who may use an answer, and how."""

from collections.abc import Callable

import httpx

from shared.settings import Settings
from tests.room import assert_problem


def origin_allowed(client: httpx.Client, origin: str) -> str | None:
    answer = client.get("/jobs/none", headers={"Origin": origin})
    assert_problem(answer, 401)
    allowed: str | None = answer.headers.get("Access-Control-Allow-Origin")
    return allowed


def test_no_page_of_another_origin_may_call(gateway: httpx.Client) -> None:
    assert origin_allowed(gateway, "https://evil.example") is None
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = gateway.options("/detect_faces", headers=preflight)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_only_the_pages_we_name_may_call(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    client = other_gateway(Settings(**dict(settings) | {"cors_origins": ("https://exam.example",)}))

    assert origin_allowed(client, "https://exam.example") == "https://exam.example"
    assert origin_allowed(client, "https://evil.example") is None
