"""Messages reach a candidate whose page no WebSocket reaches, and the invigilator sees that it has none."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis

from shared.presence.connection import connected_key, undelivered_key
from tests.support.exam import ONE_FACE, Exam, Seat, assert_problem, bearer
from tests.support.waiting import until
from tests.support.ws_client import greeted
from worker.frames.judging import Judging


def judge_frame(judging: Judging, seat: Seat) -> dict[str, Any]:
    """Sends a frame; returns its job's answer."""
    job_id = seat.accepted(ONE_FACE)
    judging.judge_frame(UUID(job_id))
    answer: dict[str, Any] = seat.job(job_id).json()
    return answer


def give_receipt(seat: Seat, message_id: str, *, acknowledged: bool) -> httpx.Response:
    path = f"/meetings/{seat.meeting_id}/messages/{message_id}/receipt"
    return seat.client.post(path, json={"acknowledged": acknowledged}, headers=bearer(seat.token))


def counts(room: Exam) -> tuple[int, int, int]:
    """Recipients, delivered and acknowledged of the newest message."""
    path = f"/meetings/{room.id}/messages"
    newest = room.client.get(path, headers=bearer(room.admin_key)).json()["messages"][0]
    return newest["recipients"], newest["delivered"], newest["acknowledged"]


@pytest.mark.parametrize("to_all", [True, False], ids=["to all", "to one"])
def test_message_comes_with_the_job_until_there_is_a_receipt(
    room: Exam, judging: Judging, *, to_all: bool
) -> None:
    ada = room.join("Ada")
    sent = room.say("Please look at your screen.", None if to_all else ada).json()

    for _ in range(2):
        (message,) = judge_frame(judging, ada)["messages"]
        assert message == {"id": sent["id"], "text": sent["text"], "sent_at": sent["sent_at"]}
    assert counts(room) == (1, 0, 0)

    assert give_receipt(ada, sent["id"], acknowledged=False).status_code == 204
    assert counts(room) == (1, 1, 0)
    assert judge_frame(judging, ada)["messages"] == []

    assert give_receipt(ada, sent["id"], acknowledged=True).status_code == 204
    assert give_receipt(ada, sent["id"], acknowledged=False).status_code == 204
    assert counts(room) == (1, 1, 1)


def test_message_shown_over_the_websocket_comes_with_no_job(room: Exam, judging: Judging) -> None:
    ada = room.join("Ada")
    with (
        greeted(room.client, room.id, ada.token) as page,
        greeted(room.client, room.id, room.admin_key) as admin,
    ):
        room.say("Please look at your screen.")
        message = page.hear("message")
        admin.hear("sent")
        page.say({"type": "receipt", "id": message["id"], "acknowledged": False})
        admin.hear("receipt")

        assert judge_frame(judging, ada)["messages"] == []


def test_admin_hears_of_a_receipt_given_over_http(room: Exam) -> None:
    ada = room.join("Ada")
    with greeted(room.client, room.id, room.admin_key) as admin:
        message_id = room.say("Please look at your screen.").json()["id"]
        admin.hear("sent")
        give_receipt(ada, message_id, acknowledged=True)

        heard = admin.hear("receipt")
        assert (heard["id"], heard["participant_id"]) == (message_id, ada.id)
        assert heard["acknowledged_at"]


def test_job_brings_messages_to_its_sender_alone(room: Exam, judging: Judging) -> None:
    ada, bob = room.join("Ada"), room.join("Bob")
    room.say("For Bob.", bob)
    job_id = UUID(judge_frame(judging, bob)["job_id"])

    assert judge_frame(judging, ada)["messages"] == []
    as_admin = room.client.get(f"/jobs/{job_id}", headers=bearer(room.admin_key))
    assert as_admin.json()["messages"] == []


def test_receipt_for_a_message_to_somebody_else_is_refused(room: Exam) -> None:
    ada, bob = room.join("Ada"), room.join("Bob")
    message_id = room.say("For Bob.", bob).json()["id"]

    assert_problem(give_receipt(ada, message_id, acknowledged=True), 404)
    assert_problem(give_receipt(ada, str(uuid4()), acknowledged=True), 404)
    assert counts(room) == (1, 0, 0)


def test_people_show_who_has_no_live_connection(
    room: Exam, redis: Redis, second_gateway: httpx.Client
) -> None:
    ada = room.join("Ada")

    def is_connected() -> bool:
        answer = room.client.get(f"/meetings/{room.id}/people", headers=bearer(room.admin_key))
        connected: bool = answer.json()["people"][0]["connected"]
        return connected

    assert not is_connected()
    with greeted(room.client, room.id, ada.token) as page:
        until(is_connected, "the candidate is connected")
        with greeted(second_gateway, room.id, ada.token):
            page.closed()  # the newer one has taken over, and stays
            until(is_connected, "the newer connection is noted")
            assert 0 < redis.ttl(connected_key(UUID(ada.id))) <= 90
    until(lambda: not is_connected(), "the candidate is no longer connected")


def test_erased_candidate_leaves_no_delivery_marks(room: Exam, redis: Redis) -> None:
    ada = room.join("Ada")
    room.say("Please look at your screen.")
    assert redis.exists(undelivered_key(UUID(ada.id)))

    room.erase(ada.id)

    assert not redis.exists(undelivered_key(UUID(ada.id)), connected_key(UUID(ada.id)))
