"""The WebSocket: who may connect, and the signals of a live view across gateways."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis
from websockets import ConnectionClosed

from api.live.candidate_peer import MOST_VIEWERS
from api.live.connection import BURST, LONGEST_MESSAGE
from api.live.events import candidate_address
from api.live.hub import CHANNEL
from api.live.protocol import LONGEST_SDP
from shared.settings import Settings
from tests.support.exam import CandidateClient, Exam, bearer
from tests.support.ws_client import WsClient, authenticated_connection, live_connection

OFFER = {"type": "offer", "sdp": "v=0 offer"}
ANSWER = {"type": "answer", "sdp": "v=0 answer"}
ICE = {
    "type": "ice",
    "candidate": {
        "candidate": "candidate:1 1 udp 2113937151 a.local 51040 typ host",
        "sdpMid": "0",
        "sdpMLineIndex": 0,
        "usernameFragment": "EsAw",
    },
}
STOP = {"type": "stop", "reason": "ended"}


@pytest.fixture
def admin_ws(exam: Exam) -> Iterator[WsClient]:
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as page:
        yield page


@pytest.fixture
def candidate_ws(candidate: CandidateClient, second_gateway: httpx.Client) -> Iterator[WsClient]:
    """At another gateway than the admin."""
    with authenticated_connection(second_gateway, candidate.meeting_id, candidate.token) as page:
        yield page


def watch(admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient) -> str:
    """Has the candidate offered a view; returns how they know the viewer."""
    admin_ws.send_signal(candidate.id, OFFER)
    candidate_ws.receive("watched")
    offer = candidate_ws.receive("signal")
    assert offer["signal"] == OFFER
    return str(offer["from"])


def test_signals_pass_across_gateways(
    admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient
) -> None:
    admin_ws.send_signal(candidate.id, OFFER, view=7)

    assert candidate_ws.receive("watched") == {"type": "watched", "viewers": 1}
    viewer = candidate_ws.receive("signal")["from"]
    for signal in (ANSWER, ICE, {"type": "ice", "candidate": None}):
        candidate_ws.send_signal(viewer, signal, view=7)
        assert admin_ws.receive("signal") == {
            "type": "signal",
            "from": candidate.id,
            "view": 7,
            "signal": signal,
        }
    admin_ws.send_signal(candidate.id, ICE, view=7)
    assert candidate_ws.receive("signal") == {"type": "signal", "from": viewer, "view": 7, "signal": ICE}

    admin_ws.send_signal(candidate.id, STOP, view=7)
    assert candidate_ws.receive("signal") == {"type": "signal", "from": viewer, "view": 7, "signal": STOP}
    assert candidate_ws.receive("watched") == {"type": "watched", "viewers": 0}


def test_signals_of_an_earlier_view_are_dropped(
    admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient
) -> None:
    for view in (1, 2):
        admin_ws.send_signal(candidate.id, OFFER, view)
        assert candidate_ws.receive("watched")["viewers"] == 1
        viewer = candidate_ws.receive("signal")["from"]

    candidate_ws.send_signal(viewer, ANSWER | {"sdp": "late"}, view=1)
    candidate_ws.send_signal(viewer, STOP, view=1)
    candidate_ws.send_signal(viewer, ANSWER, view=2)

    assert admin_ws.receive("signal") == {"type": "signal", "from": candidate.id, "view": 2, "signal": ANSWER}
    admin_ws.send_signal(candidate.id, ICE, view=2)
    assert candidate_ws.receive("signal")["signal"] == ICE


def test_signals_without_a_view_number_pass(
    admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient
) -> None:
    admin_ws.send_signal(candidate.id, OFFER, view=1)
    candidate_ws.receive("watched")
    viewer = candidate_ws.receive("signal")["from"]

    candidate_ws.send({"type": "signal", "to": viewer, "signal": ANSWER})

    assert admin_ws.receive("signal")["signal"] == ANSWER


def test_event_of_another_release_is_ignored(
    admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient, redis: Redis
) -> None:
    address = candidate_address(UUID(candidate.meeting_id), UUID(candidate.id))
    redis.publish(CHANNEL, f'{address} {{"type": "of a later release"}}')

    watch(admin_ws, candidate, candidate_ws)


def test_disconnect_stops_the_view_on_both_sides(
    exam: Exam, candidate: CandidateClient, admin_ws: WsClient, candidate_ws: WsClient
) -> None:
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as other_admin:
        watch(other_admin, candidate, candidate_ws)
    assert candidate_ws.receive("signal")["signal"] == STOP
    assert candidate_ws.receive("watched")["viewers"] == 0

    watch(admin_ws, candidate, candidate_ws)
    candidate_ws.close()

    left = admin_ws.receive("signal")
    assert (left["from"], left["signal"]) == (candidate.id, {"type": "stop", "reason": "offline"})


def test_candidate_can_end_a_view(
    admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient
) -> None:
    viewer = watch(admin_ws, candidate, candidate_ws)

    candidate_ws.send_signal(viewer, STOP)

    assert candidate_ws.receive("watched")["viewers"] == 0
    assert admin_ws.receive("signal")["signal"] == STOP


def test_viewers_of_one_candidate_are_limited(
    exam: Exam, candidate: CandidateClient, candidate_ws: WsClient
) -> None:
    with ExitStack() as open_pages:
        first, *others, last = [
            open_pages.enter_context(authenticated_connection(exam.client, exam.id, exam.admin_key))
            for _ in range(MOST_VIEWERS + 1)
        ]
        for admin_ws in (first, *others):
            watch(admin_ws, candidate, candidate_ws)

        last.send_signal(candidate.id, OFFER)
        assert last.receive("signal")["signal"] == {"type": "stop", "reason": "full"}

        first.send_signal(candidate.id, STOP)
        candidate_ws.receive("signal")
        assert candidate_ws.receive("watched")["viewers"] == MOST_VIEWERS - 1
        watch(last, candidate, candidate_ws)


def test_signals_pass_only_between_viewer_and_candidate(
    exam: Exam, admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient
) -> None:
    elsewhere = Exam.create(exam.client)
    other = exam.join("Bob")
    with (
        authenticated_connection(exam.client, elsewhere.id, elsewhere.admin_key) as stranger,
        authenticated_connection(exam.client, exam.id, other.token) as bob,
    ):
        stranger.send_signal(candidate.id, OFFER)
        admin_ws.send_signal(candidate.id, ICE)
        assert "not watching" in admin_ws.receive("error")["detail"]
        viewer = watch(admin_ws, candidate, candidate_ws)  # nothing else was heard before it

        for to in (viewer, candidate.id, str(uuid4())):
            bob.send_signal(to, ANSWER)
            assert "nobody of this id" in bob.receive("error")["detail"]
        candidate_ws.send_signal(viewer, ANSWER)
        assert admin_ws.receive("signal")["signal"] == ANSWER  # nor here


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("{", "message"),
        ("[]", "message"),
        ('"\\ud800"', "message"),
        ({"type": "signal"}, "to"),
        ({"type": "signal", "to": "x", "signal": OFFER}, "to"),
        ({"type": "shout", "to": str(uuid4()), "signal": OFFER}, "type"),
        ({"type": "signal", "to": str(uuid4()), "signal": ANSWER}, "signal"),
        ({"type": "signal", "to": str(uuid4()), "signal": OFFER | {"and": 1}}, "signal.offer.and"),
        ({"type": "signal", "to": str(uuid4()), "signal": OFFER | {"sdp": 7}}, "signal.offer.sdp"),
        (
            {"type": "signal", "to": str(uuid4()), "signal": OFFER | {"sdp": "x" * (LONGEST_SDP + 1)}},
            "signal.offer.sdp",
        ),
    ],
)
def test_invalid_message_is_reported_and_harmless(
    admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient, message: object, where: str
) -> None:
    admin_ws.send(message)

    assert admin_ws.receive("error")["detail"].startswith(f"{where} ")
    watch(admin_ws, candidate, candidate_ws)


def test_candidate_cannot_send_an_offer(candidate_ws: WsClient) -> None:
    candidate_ws.send_signal(str(uuid4()), OFFER)

    assert candidate_ws.receive("error")["detail"].startswith("signal.signal ")


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
        ("x" * (LONGEST_MESSAGE + 1), 1009),
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
    with suppress(ConnectionClosed):
        for _ in range(100 * BURST):
            admin_ws.send("{}")

    assert admin_ws.wait_closed()[0] == 4429


def test_newer_window_takes_over(
    exam: Exam, admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient
) -> None:
    watch(admin_ws, candidate, candidate_ws)
    with authenticated_connection(exam.client, exam.id, candidate.token) as newer:
        assert candidate_ws.wait_closed() == (4409, "the exam was opened in another window")
        assert admin_ws.receive("signal")["signal"] == {"type": "stop", "reason": "offline"}
        watch(admin_ws, candidate, newer)


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
