"""The signals of a live view, across gateways."""

from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis

from api.live.candidate_peer import MAX_VIEWERS
from api.live.events import candidate_address
from api.live.hub import CHANNEL
from api.live.protocol import MAX_SDP_CHARS
from tests.support.exam import CandidateClient, Exam
from tests.support.ws_client import WsClient, authenticated_connection

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
    """Connected to another gateway than the admin."""
    with authenticated_connection(second_gateway, candidate.meeting_id, candidate.token) as page:
        yield page


def watch(admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient) -> str:
    """Offer a live view to the candidate; return the viewer's id."""
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
            for _ in range(MAX_VIEWERS + 1)
        ]
        for admin_ws in (first, *others):
            watch(admin_ws, candidate, candidate_ws)

        last.send_signal(candidate.id, OFFER)
        assert last.receive("signal")["signal"] == {"type": "stop", "reason": "full"}

        first.send_signal(candidate.id, STOP)
        candidate_ws.receive("signal")
        assert candidate_ws.receive("watched")["viewers"] == MAX_VIEWERS - 1
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
        stranger.send_signal(candidate.id, OFFER, view=7)
        refused = {"from": candidate.id, "view": 7, "signal": {"type": "stop", "reason": "offline"}}
        assert stranger.receive("signal") == {"type": "signal", **refused}
        assert all("live view" not in entry["what"] for entry in elsewhere.get_audit_log())
        admin_ws.send_signal(candidate.id, ICE)
        assert "not watching" in admin_ws.receive("error")["detail"]
        viewer = watch(admin_ws, candidate, candidate_ws)  # nothing was received before it

        for to in (viewer, candidate.id, str(uuid4())):
            bob.send_signal(to, ANSWER)
            assert "no such viewer" in bob.receive("error")["detail"]
        candidate_ws.send_signal(viewer, ANSWER)
        assert admin_ws.receive("signal")["signal"] == ANSWER  # nothing was received before it either


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("{", "message"),
        ("[]", "message"),
        ('"\\ud800"', "message"),
        ({"type": "signal"}, "signal.to"),
        ({"type": "signal", "to": "x", "signal": OFFER}, "signal.to"),
        (
            {"type": "shout", "to": str(uuid4()), "signal": OFFER},
            "message must have one of 'signal', 'looking' as",
        ),
        ({"type": "signal", "to": str(uuid4()), "signal": ANSWER}, "signal.signal"),
        ({"type": "signal", "to": str(uuid4()), "signal": OFFER | {"and": 1}}, "signal.signal.offer.and"),
        ({"type": "signal", "to": str(uuid4()), "signal": OFFER | {"sdp": 7}}, "signal.signal.offer.sdp"),
        (
            {"type": "signal", "to": str(uuid4()), "signal": OFFER | {"sdp": "x" * (MAX_SDP_CHARS + 1)}},
            "signal.signal.offer.sdp",
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


def test_newer_window_takes_over(
    exam: Exam, admin_ws: WsClient, candidate: CandidateClient, candidate_ws: WsClient
) -> None:
    watch(admin_ws, candidate, candidate_ws)
    with authenticated_connection(exam.client, exam.id, candidate.token) as newer:
        assert candidate_ws.wait_closed() == (4409, "the exam was opened in another window")
        assert admin_ws.receive("signal")["signal"] == {"type": "stop", "reason": "offline"}
        watch(admin_ws, candidate, newer)
