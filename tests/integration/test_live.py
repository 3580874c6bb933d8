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
from tests.support.exam import Exam, Seat, bearer
from tests.support.ws_client import WsPage, connected, greeted

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
def admin(room: Exam) -> Iterator[WsPage]:
    with greeted(room.client, room.id, room.admin_key) as page:
        yield page


@pytest.fixture
def candidate(seat: Seat, second_gateway: httpx.Client) -> Iterator[WsPage]:
    """At another gateway than the admin."""
    with greeted(second_gateway, seat.meeting_id, seat.token) as page:
        yield page


def watch(admin: WsPage, seat: Seat, candidate: WsPage) -> str:
    """Has the candidate offered a view; returns how they know the viewer."""
    admin.signal(seat.id, OFFER)
    candidate.hear("watched")
    offer = candidate.hear("signal")
    assert offer["signal"] == OFFER
    return str(offer["from"])


def test_a_view_is_agreed_on_across_gateways(admin: WsPage, seat: Seat, candidate: WsPage) -> None:
    admin.signal(seat.id, OFFER, view=7)

    assert candidate.hear("watched") == {"type": "watched", "viewers": 1}
    viewer = candidate.hear("signal")["from"]
    for signal in (ANSWER, ICE, {"type": "ice", "candidate": None}):
        candidate.signal(viewer, signal, view=7)
        assert admin.hear("signal") == {"type": "signal", "from": seat.id, "view": 7, "signal": signal}
    admin.signal(seat.id, ICE, view=7)
    assert candidate.hear("signal") == {"type": "signal", "from": viewer, "view": 7, "signal": ICE}

    admin.signal(seat.id, STOP, view=7)
    assert candidate.hear("signal") == {"type": "signal", "from": viewer, "view": 7, "signal": STOP}
    assert candidate.hear("watched") == {"type": "watched", "viewers": 0}


def test_what_is_about_an_earlier_view_is_not_taken_for_the_later_one(
    admin: WsPage, seat: Seat, candidate: WsPage
) -> None:
    for view in (1, 2):
        admin.signal(seat.id, OFFER, view)
        assert candidate.hear("watched")["viewers"] == 1
        viewer = candidate.hear("signal")["from"]

    candidate.signal(viewer, ANSWER | {"sdp": "late"}, view=1)
    candidate.signal(viewer, STOP, view=1)
    candidate.signal(viewer, ANSWER, view=2)

    assert admin.hear("signal") == {"type": "signal", "from": seat.id, "view": 2, "signal": ANSWER}
    admin.signal(seat.id, ICE, view=2)
    assert candidate.hear("signal")["signal"] == ICE


def test_a_page_that_numbers_no_views_is_understood(admin: WsPage, seat: Seat, candidate: WsPage) -> None:
    admin.signal(seat.id, OFFER, view=1)
    candidate.hear("watched")
    viewer = candidate.hear("signal")["from"]

    candidate.say({"type": "signal", "to": viewer, "signal": ANSWER})

    assert admin.hear("signal")["signal"] == ANSWER


def test_an_event_of_another_release_is_let_pass(
    admin: WsPage, seat: Seat, candidate: WsPage, redis: Redis
) -> None:
    address = candidate_address(UUID(seat.meeting_id), UUID(seat.id))
    redis.publish(CHANNEL, f'{address} {{"type": "of a later release"}}')

    watch(admin, seat, candidate)


def test_who_leaves_is_not_waited_for(room: Exam, seat: Seat, admin: WsPage, candidate: WsPage) -> None:
    with greeted(room.client, room.id, room.admin_key) as other_admin:
        watch(other_admin, seat, candidate)
    assert candidate.hear("signal")["signal"] == STOP
    assert candidate.hear("watched")["viewers"] == 0

    watch(admin, seat, candidate)
    candidate.leave()

    left = admin.hear("signal")
    assert (left["from"], left["signal"]) == (seat.id, {"type": "stop", "reason": "offline"})


def test_a_candidate_may_end_a_view(admin: WsPage, seat: Seat, candidate: WsPage) -> None:
    viewer = watch(admin, seat, candidate)

    candidate.signal(viewer, STOP)

    assert candidate.hear("watched")["viewers"] == 0
    assert admin.hear("signal")["signal"] == STOP


def test_only_a_few_watch_one_candidate(room: Exam, seat: Seat, candidate: WsPage) -> None:
    with ExitStack() as open_pages:
        first, *others, last = [
            open_pages.enter_context(greeted(room.client, room.id, room.admin_key))
            for _ in range(MOST_VIEWERS + 1)
        ]
        for admin in (first, *others):
            watch(admin, seat, candidate)

        last.signal(seat.id, OFFER)
        assert last.hear("signal")["signal"] == {"type": "stop", "reason": "full"}

        first.signal(seat.id, STOP)
        candidate.hear("signal")
        assert candidate.hear("watched")["viewers"] == MOST_VIEWERS - 1
        watch(last, seat, candidate)


def test_signals_pass_between_an_admin_and_who_is_watched_only(
    room: Exam, admin: WsPage, seat: Seat, candidate: WsPage
) -> None:
    elsewhere = Exam.create(room.client)
    other = room.join("Bob")
    with (
        greeted(room.client, elsewhere.id, elsewhere.admin_key) as stranger,
        greeted(room.client, room.id, other.token) as bob,
    ):
        stranger.signal(seat.id, OFFER)
        admin.signal(seat.id, ICE)
        assert "not watching" in admin.hear("error")["detail"]
        viewer = watch(admin, seat, candidate)  # nothing else was heard before it

        for to in (viewer, seat.id, str(uuid4())):
            bob.signal(to, ANSWER)
            assert "nobody of this id" in bob.hear("error")["detail"]
        candidate.signal(viewer, ANSWER)
        assert admin.hear("signal")["signal"] == ANSWER  # nor here


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
def test_what_is_not_understood_is_said_and_does_no_harm(
    admin: WsPage, seat: Seat, candidate: WsPage, message: object, where: str
) -> None:
    admin.say(message)

    assert admin.hear("error")["detail"].startswith(f"{where} ")
    watch(admin, seat, candidate)


def test_a_candidate_offers_nothing(candidate: WsPage) -> None:
    candidate.signal(str(uuid4()), OFFER)

    assert candidate.hear("error")["detail"].startswith("signal.signal ")


def admin_token(room: Exam) -> str:
    response = room.client.post(
        f"/meetings/{room.id}/participants", json={"name": "Ivy"}, headers=bearer(room.admin_key)
    )
    return str(response.json()["token"])


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (lambda _: "undefined", 4401),
        (lambda _: "a.b.c", 4401),
        (lambda room: Exam.create(room.client).admin_key, 4401),
        (admin_token, 4401),
        (lambda room: Exam.create(room.client).join().token, 4404),
    ],
    ids=["no-key", "no-token", "another-meetings-key", "an-admins-token", "another-meetings-token"],
)
def test_nobody_connects_with_wrong_credentials(
    room: Exam, credentials: Callable[[Exam], str], code: int
) -> None:
    with connected(room.client, room.id) as page:
        page.say({"type": "hello", "credentials": credentials(room)})
        ended, reason = page.closed()

    assert ended == code
    assert reason


@pytest.mark.parametrize("meeting_id", [str(UUID(int=4)), "no-meeting"])
def test_there_is_nothing_at_a_meeting_that_is_not_there(room: Exam, meeting_id: str) -> None:
    with connected(room.client, meeting_id) as page:
        page.say({"type": "hello", "credentials": room.admin_key})
        assert page.closed() == (4404, "there is no such meeting")


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
def test_the_first_thing_said_has_to_be_a_hello(room: Exam, first: object, code: int) -> None:
    with connected(room.client, room.id) as page:
        page.say(first)
        assert page.closed()[0] == code


def test_who_says_nothing_is_hung_up_on(room: Exam) -> None:
    with connected(room.client, room.id) as page:
        assert page.closed() == (4401, "no hello within 10 s")


def test_who_says_too_much_is_hung_up_on(admin: WsPage) -> None:
    with suppress(ConnectionClosed):
        for _ in range(100 * BURST):
            admin.say("{}")

    assert admin.closed()[0] == 4429


def test_a_newer_window_takes_over(room: Exam, admin: WsPage, seat: Seat, candidate: WsPage) -> None:
    watch(admin, seat, candidate)
    with greeted(room.client, room.id, seat.token) as newer:
        assert candidate.closed() == (4409, "the exam was opened in another window")
        assert admin.hear("signal")["signal"] == {"type": "stop", "reason": "offline"}
        watch(admin, seat, newer)


def test_pages_are_told_the_servers_with_a_password_that_expires(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    turn = {
        "stun_urls": "stun:stun.example:3478",
        "turn_urls": "turn:a.example:3478,turns:a.example:443",
        "turn_secret": "north",
    }
    room = Exam.create(other_gateway(Settings.model_validate({**dict(settings), **turn})))
    seat = room.join()

    with greeted(room.client, room.id, seat.token) as page:
        stun, turned = page.welcome["ice_servers"]

    assert stun == {"urls": ["stun:stun.example:3478"], "username": None, "credential": None}
    assert turned["urls"] == ["turn:a.example:3478", "turns:a.example:443"]
    expires, _, user = turned["username"].partition(":")
    assert user == seat.id
    assert time.time() < int(expires) <= time.time() + 12 * 3600 + 1
    digest = hmac.new(b"north", turned["username"].encode(), hashlib.sha1).digest()
    assert turned["credential"] == base64.b64encode(digest).decode()


def test_without_servers_of_its_own_nobody_is_named(admin: WsPage) -> None:
    assert admin.welcome == {"type": "welcome", "role": "admin", "ice_servers": []}
