"""Messages from the admin reach candidates at any gateway, also those who were away."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine, delete, func, select, text

from api.live.messages import MESSAGE_LIMIT
from shared.db.messages import send_message
from shared.db.tables import Participant
from tests.support.exam import CandidateClient, Exam, assert_problem, bearer
from tests.support.waiting import wait_until
from tests.support.ws_client import WsClient, authenticated_connection


@pytest.fixture
def admin(exam: Exam) -> Iterator[WsClient]:
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as page:
        yield page


def record(exam: Exam, of: CandidateClient | None = None) -> list[tuple[str, int, int, int]]:
    params = {"participant_id": of.id} if of else {}
    path = f"/meetings/{exam.id}/messages"
    messages = exam.client.get(path, params=params, headers=bearer(exam.admin_key)).json()["messages"]
    return [(one["text"], one["recipients"], one["delivered"], one["acknowledged"]) for one in messages]


def unacknowledged(exam: Exam, message_id: str) -> httpx.Response:
    path = f"/meetings/{exam.id}/messages/{message_id}/unacknowledged"
    return exam.client.get(path, headers=bearer(exam.admin_key))


def open_page(candidate: CandidateClient, client: httpx.Client) -> AbstractContextManager[WsClient]:
    return authenticated_connection(client, candidate.meeting_id, candidate.token)


def test_message_and_receipts_cross_gateways(
    exam: Exam, admin: WsClient, second_gateway: httpx.Client
) -> None:
    ada, bob = exam.join("Ada"), exam.join("Bob")
    with open_page(ada, second_gateway) as page, open_page(bob, second_gateway) as other:
        sent = exam.send_message("Please look at your screen.", ada)

        assert (sent.status_code, sent.json()["recipients"]) == (201, 1)
        message = page.receive("message")
        assert message["text"] == "Please look at your screen."
        assert message["sent_at"] == sent.json()["sent_at"]
        assert admin.receive("sent") == {
            "type": "sent",
            "id": message["id"],
            "participant_id": ada.id,
            "text": "Please look at your screen.",
            "sent_at": message["sent_at"],
            "recipients": 1,
        }

        page.send({"type": "receipt", "id": message["id"], "acknowledged": False})
        delivered = admin.receive("receipt")
        assert (delivered["id"], delivered["participant_id"]) == (message["id"], ada.id)
        assert delivered["delivered_at"]
        assert delivered["acknowledged_at"] is None
        assert record(exam) == [("Please look at your screen.", 1, 1, 0)]

        page.send({"type": "receipt", "id": message["id"], "acknowledged": True})
        acknowledged = admin.receive("receipt")
        assert acknowledged["acknowledged_at"]
        assert acknowledged["delivered_at"] == delivered["delivered_at"]
        assert record(exam) == [("Please look at your screen.", 1, 1, 1)]

        exam.send_message("Thank you.")
        assert page.receive("message")["text"] == other.receive("message")["text"] == "Thank you."


def test_absent_candidate_gets_messages_on_return(exam: Exam, second_gateway: httpx.Client) -> None:
    ada, bob = exam.join("Ada"), exam.join("Bob")
    assert exam.send_message("Ten minutes left.").json()["recipients"] == 2
    late = exam.join("Cleo")
    exam.send_message("Five.")

    for candidate, expected in ((ada, ["Ten minutes left.", "Five."]), (late, ["Five."])):
        with open_page(candidate, second_gateway) as page:
            assert [page.receive("message")["text"] for _ in expected] == expected

    assert record(exam) == [("Five.", 3, 0, 0), ("Ten minutes left.", 2, 0, 0)]
    assert record(exam, of=bob) == [("Five.", 1, 0, 0), ("Ten minutes left.", 1, 0, 0)]
    assert record(exam, of=late) == [("Five.", 1, 0, 0)]


def test_message_is_resent_until_acknowledged(
    exam: Exam, candidate: CandidateClient, admin: WsClient
) -> None:
    exam.send_message("first", candidate)
    exam.send_message("second", candidate)
    admin.receive("sent")
    admin.receive("sent")
    with open_page(candidate, exam.client) as page:
        first, second = page.receive("message"), page.receive("message")
        page.send({"type": "receipt", "id": first["id"], "acknowledged": True})
        page.send({"type": "receipt", "id": second["id"], "acknowledged": False})
        assert [admin.receive("receipt")["id"], admin.receive("receipt")["id"]] == [first["id"], second["id"]]

    with open_page(candidate, exam.client) as page:
        assert page.receive("message") == second


def test_message_missed_during_a_redis_outage_arrives(
    exam: Exam, candidate: CandidateClient, database: Engine, redis: Redis
) -> None:
    with open_page(candidate, exam.client) as page:
        exam.send_message("before", candidate)
        page.receive("message")

        send_message(database, UUID(candidate.meeting_id), "meanwhile", UUID(candidate.id))
        redis.client_kill_filter(_type="pubsub")

        assert page.receive("message")["text"] == "meanwhile"


def test_unacknowledged_list_names_the_recipients(exam: Exam, admin: WsClient) -> None:
    cleo, bob, ada = (exam.join(name) for name in ("Cleo", "bob", "Ada"))
    message_id = exam.send_message("Ten minutes left.").json()["id"]
    admin.receive("sent")
    exam.join("Late")
    for candidate, acknowledged in ((ada, True), (cleo, False)):
        with open_page(candidate, exam.client) as page:
            page.send({"type": "receipt", "id": message_id, "acknowledged": acknowledged})
            admin.receive("receipt")

    people = unacknowledged(exam, message_id).json()["people"]

    assert [(one["participant_id"], one["name"]) for one in people] == [(bob.id, "bob"), (cleo.id, "Cleo")]
    assert [bool(one["delivered_at"]) for one in people] == [False, True]
    elsewhere = Exam.create(exam.client)
    assert_problem(unacknowledged(elsewhere, message_id), 404)


def test_message_leaves_out_who_is_erased_meanwhile(exam: Exam, database: Engine) -> None:
    erased, other = exam.join("Ada"), exam.join("Bob")
    person = Participant.id == UUID(erased.id)

    def sender_waits() -> bool:
        with database.connect() as monitor:
            blocked = "SELECT count(*) FROM pg_stat_activity WHERE :pid = ANY(pg_blocking_pids(pid))"
            return bool(monitor.scalar(text(blocked), {"pid": pid}))

    with ThreadPoolExecutor() as pool, database.begin() as erasure:
        pid = erasure.scalar(select(func.pg_backend_pid()))
        erasure.execute(select(Participant.id).where(person).with_for_update())
        sending = pool.submit(send_message, database, UUID(exam.id), "Please look up.", None)
        wait_until(sender_waits, "the sender waits for the erasure")
        erasure.execute(delete(Participant).where(person))
        erasure.commit()
        sent = sending.result()

    assert sent
    assert sent.recipients == 1
    assert record(exam, other) == [("Please look up.", 1, 0, 0)]


def test_receipt_for_another_person_is_refused(exam: Exam) -> None:
    ada, bob = exam.join("Ada"), exam.join("Bob")
    message_id = exam.send_message("Please look at your screen.", ada).json()["id"]

    with open_page(bob, exam.client) as page:
        page.send({"type": "receipt", "id": message_id, "acknowledged": True})

        assert page.receive("error") == {"type": "error", "detail": "id: there is no such message to you"}
    assert record(exam) == [("Please look at your screen.", 1, 0, 0)]


def test_only_the_admin_can_message_candidates(exam: Exam, candidate: CandidateClient) -> None:
    path = f"/meetings/{exam.id}/messages"
    elsewhere = Exam.create(exam.client)
    admin = exam.client.post(
        f"/meetings/{exam.id}/participants", json={"name": "Ivy"}, headers=bearer(exam.admin_key)
    ).json()

    for credentials in (candidate.token, elsewhere.admin_key):
        assert_problem(exam.client.get(path, headers=bearer(credentials)), 401)
        assert_problem(exam.client.post(path, json={"text": "Hi"}, headers=bearer(credentials)), 401)
    for stranger in (admin["participant_id"], elsewhere.join().id, str(uuid4())):
        body = {"text": "Hi", "participant_id": stranger}
        assert_problem(exam.client.post(path, json=body, headers=bearer(exam.admin_key)), 404)
    assert record(exam) == []


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\0b", "\u202e\u200b"])
def test_unreadable_text_is_refused(exam: Exam, text: str) -> None:
    assert_problem(exam.send_message(text), 422)


def test_message_rate_is_limited(exam: Exam) -> None:
    # A window may end while they are sent: then the next one fills.
    answers = [exam.send_message("Look!") for _ in range(2 * MESSAGE_LIMIT.limit + 1)]

    refused = [answer for answer in answers if answer.status_code != 201]
    assert_problem(refused[0], 429)
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
