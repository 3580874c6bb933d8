"""The WebSocket: who may connect, and which connections are closed."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import UUID

import httpx
import pytest
from websockets import ConnectionClosed

from api.live.connection import BURST, MAX_MESSAGE_CHARS
from shared.settings import Settings
from tests.support.exam import Exam, bearer
from tests.support.ws_client import WsClient, authenticated_connection, live_connection

OFFER = {"type": "offer", "sdp": "v=0 offer"}


@pytest.fixture
def admin_ws(exam: Exam) -> Iterator[WsClient]:
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as page:
        yield page


def admin_token(exam: Exam) -> str:
    response = exam.client.post(
        f"/meetings/{exam.id}/participants", json={"name": "Ivy"}, headers=bearer(exam.admin_key)
    )
    return str(response.json()["token"])


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (lambda _: "undefined", 4401),
        (lambda _: "a.b.c", 4401),
        (lambda exam: Exam.create(exam.client).admin_key, 4401),
        (admin_token, 4401),
        (lambda exam: Exam.create(exam.client).join().token, 4404),
    ],
    ids=["no-key", "no-token", "another-meetings-key", "an-admins-token", "another-meetings-token"],
)
def test_wrong_credentials_close_the_connection(
    exam: Exam, credentials: Callable[[Exam], str], code: int
) -> None:
    with live_connection(exam.client, exam.id) as page:
        page.send({"type": "hello", "credentials": credentials(exam)})
        ended, reason = page.wait_closed()

    assert ended == code
    assert reason


@pytest.mark.parametrize("meeting_id", [str(UUID(int=4)), "no-meeting"])
def test_unknown_meeting_closes_the_connection(exam: Exam, meeting_id: str) -> None:
    with live_connection(exam.client, meeting_id) as page:
        page.send({"type": "hello", "credentials": exam.admin_key})
        assert page.wait_closed() == (4404, "there is no such meeting")


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("hello", 4400),
        (OFFER, 4400),
        ({"type": "hello", "credentials": "k", "more": 1}, 4400),
        (b"hello", 4400),
        ("x" * (MAX_MESSAGE_CHARS + 1), 1009),
    ],
)
def test_first_message_must_be_a_hello(exam: Exam, first: object, code: int) -> None:
    with live_connection(exam.client, exam.id) as page:
        page.send(first)
        assert page.wait_closed()[0] == code


def test_silent_client_is_disconnected(exam: Exam) -> None:
    with live_connection(exam.client, exam.id) as page:
        assert page.wait_closed() == (4401, "no hello within 10 s")


def test_flooding_client_is_disconnected(admin_ws: WsClient) -> None:
    # No more than needed: a close frame is lost when the peer never stops sending.
    with suppress(ConnectionClosed):
        for _ in range(2 * BURST):
            admin_ws.send("{}")

    assert admin_ws.wait_closed()[0] == 4429


def test_welcome_has_ice_servers_with_expiring_password(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    turn = {
        "stun_urls": "stun:stun.example:3478",
        "turn_urls": "turn:a.example:3478,turns:a.example:443",
        "turn_secret": "north",
    }
    exam = Exam.create(other_gateway(Settings.model_validate({**dict(settings), **turn})))
    candidate = exam.join()

    with authenticated_connection(exam.client, exam.id, candidate.token) as page:
        stun, turned = page.welcome["ice_servers"]

    assert stun == {"urls": ["stun:stun.example:3478"], "username": None, "credential": None}
    assert turned["urls"] == ["turn:a.example:3478", "turns:a.example:443"]
    expires, _, user = turned["username"].partition(":")
    assert user == candidate.id
    assert time.time() < int(expires) <= time.time() + 12 * 3600 + 1
    digest = hmac.new(b"north", turned["username"].encode(), hashlib.sha1).digest()
    assert turned["credential"] == base64.b64encode(digest).decode()


def test_no_ice_servers_are_sent_by_default(admin_ws: WsClient) -> None:
    assert admin_ws.welcome == {"type": "welcome", "role": "admin", "ice_servers": []}
