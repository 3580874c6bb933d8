"""WebSocket connections by Origin: other sites' pages are refused, non-browsers are accepted."""

from collections.abc import Callable

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from shared.settings import Environment, Settings

KEY = "a7f3c91e5b2d8046" * 2
PUBLIC = {"public_url": "https://Exam.example/proctor", "cors_origins": ("https://lms.example:8443",)}
PRODUCTION = {"environment": Environment.PRODUCTION, "secret_key": KEY, "operator_key": KEY}


def status_of(client: httpx.Client, origin: str | None) -> int:
    """Return the status of the handshake."""
    meeting = "00000000-0000-0000-0000-000000000000"
    url = str(client.base_url.copy_with(scheme="ws", path=f"/meetings/{meeting}/live"))
    try:
        with connect(url, origin=Origin(origin) if origin else None, proxy=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.fixture(params=["development", "production"])
def client(
    request: pytest.FixtureRequest, settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> httpx.Client:
    more = PRODUCTION if request.param == "production" else {}
    return other_gateway(Settings.model_validate(dict(settings) | PUBLIC | more))


@pytest.mark.parametrize(
    "origin", [None, "https://exam.example", "https://exam.example:443", "https://lms.example:8443"]
)
def test_own_origins_and_non_browsers_can_connect(client: httpx.Client, origin: str | None) -> None:
    assert status_of(client, origin) == 101


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "http://exam.example", "https://exam.example.evil.example", "null"),
        *("https://lms.example", "https://exam.example:8443", "https://exam.example:x", "file://"),
    ],
)
def test_foreign_origins_are_refused(client: httpx.Client, origin: str) -> None:
    assert status_of(client, origin) == 403


def test_any_local_name_is_an_origin_in_development_only(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    development = other_gateway(settings)
    production = other_gateway(Settings.model_validate(dict(settings) | PRODUCTION))

    for client, status in ((development, 101), (production, 403)):
        assert status_of(client, str(client.base_url).rstrip("/")) == status
