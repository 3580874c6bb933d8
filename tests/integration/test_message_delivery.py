"""Delivery of messages without a WebSocket, and the display of who has none."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis

from shared.presence.connection import connected_key, undelivered_key
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem, bearer
from tests.support.jobs import judge_frame
from tests.support.waiting import wait_until
from tests.support.ws_client import authenticated_connection
from worker.frames.judging import Judging


def submit_and_judge(judging: Judging, candidate: CandidateClient) -> dict[str, Any]:
    """Submit and judge a frame; return its job."""
    job_id = candidate.submit_frame(ONE_FACE)
    judge_frame(judging, UUID(job_id))
    answer: dict[str, Any] = candidate.get_job(job_id).json()
    return answer


def give_receipt(candidate: CandidateClient, message_id: str, *, acknowledged: bool) -> httpx.Response:
    path = f"/meetings/{candidate.meeting_id}/messages/{message_id}/receipt"
    return candidate.client.post(path, json={"acknowledged": acknowledged}, headers=bearer(candidate.token))


def counts(exam: Exam) -> tuple[int, int, int]:
    """Return the numbers of recipients, deliveries and acknowledgements of the newest message."""
    path = f"/meetings/{exam.id}/messages"
    newest = exam.client.get(path, headers=bearer(exam.admin_key)).json()["messages"][0]
    return newest["recipients"], newest["delivered"], newest["acknowledged"]


@pytest.mark.parametrize("to_all", [True, False], ids=["to all", "to one"])
def test_message_comes_with_each_job_until_its_receipt(exam: Exam, judging: Judging, *, to_all: bool) -> None:
    ada = exam.join("Ada")
    sent = exam.send_message("Please look at your screen.", None if to_all else ada).json()

    for _ in range(2):
        (message,) = submit_and_judge(judging, ada)["messages"]
        assert message == {"id": sent["id"], "text": sent["text"], "sent_at": sent["sent_at"]}
    assert counts(exam) == (1, 0, 0)

    assert give_receipt(ada, sent["id"], acknowledged=False).status_code == 204
    assert counts(exam) == (1, 1, 0)
    assert submit_and_judge(judging, ada)["messages"] == []

    assert give_receipt(ada, sent["id"], acknowledged=True).status_code == 204
    assert give_receipt(ada, sent["id"], acknowledged=False).status_code == 204
    assert counts(exam) == (1, 1, 1)


def test_message_received_by_websocket_is_not_in_the_job(exam: Exam, judging: Judging) -> None:
    ada = exam.join("Ada")
    with (
        authenticated_connection(exam.client, exam.id, ada.token) as page,
        authenticated_connection(exam.client, exam.id, exam.admin_key) as admin,
    ):
        exam.send_message("Please look at your screen.")
        message = page.receive("message")
        admin.receive("sent")
        page.send({"type": "receipt", "id": message["id"], "acknowledged": False})
        admin.receive("receipt")

        assert submit_and_judge(judging, ada)["messages"] == []


def test_admin_is_notified_of_a_receipt_over_http(exam: Exam) -> None:
    ada = exam.join("Ada")
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as admin:
        message_id = exam.send_message("Please look at your screen.").json()["id"]
        admin.receive("sent")
        give_receipt(ada, message_id, acknowledged=True)

        receipt = admin.receive("receipt")
        assert (receipt["id"], receipt["participant_id"]) == (message_id, ada.id)
        assert receipt["acknowledged_at"]


def test_job_has_messages_for_its_sender_only(exam: Exam, judging: Judging) -> None:
    ada, bob = exam.join("Ada"), exam.join("Bob")
    exam.send_message("For Bob.", bob)
    job_id = UUID(submit_and_judge(judging, bob)["job_id"])

    assert submit_and_judge(judging, ada)["messages"] == []
    as_admin = exam.client.get(f"/jobs/{job_id}", headers=bearer(exam.admin_key))
    assert as_admin.json()["messages"] == []


def test_receipt_for_another_recipient_is_refused(exam: Exam) -> None:
    ada, bob = exam.join("Ada"), exam.join("Bob")
    message_id = exam.send_message("For Bob.", bob).json()["id"]

    assert_problem(give_receipt(ada, message_id, acknowledged=True), 404)
    assert_problem(give_receipt(ada, str(uuid4()), acknowledged=True), 404)
    assert counts(exam) == (1, 0, 0)


def test_people_list_shows_who_is_connected(exam: Exam, redis: Redis, second_gateway: httpx.Client) -> None:
    ada = exam.join("Ada")

    def is_connected() -> bool:
        return bool(exam.get_people()[0]["connected"])

    assert not is_connected()
    with authenticated_connection(exam.client, exam.id, ada.token) as page:
        wait_until(is_connected, "the candidate is connected")
        with authenticated_connection(second_gateway, exam.id, ada.token):
            page.wait_closed()  # the newer connection has taken over
            wait_until(is_connected, "the newer connection is recorded")
            assert 0 < redis.ttl(connected_key(UUID(ada.id))) <= 90
    wait_until(lambda: not is_connected(), "the candidate is no longer connected")


def test_erasure_deletes_delivery_keys(exam: Exam, redis: Redis) -> None:
    ada = exam.join("Ada")
    exam.send_message("Please look at your screen.")
    assert redis.exists(undelivered_key(UUID(ada.id)))

    exam.erase(ada.id)

    assert not redis.exists(undelivered_key(UUID(ada.id)), connected_key(UUID(ada.id)))
