"""What an admin says reaches candidates at any gateway, also those who were away, and is kept."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine

from api.live.messages import MOST_IN_A_MINUTE
from shared.db.messages import send_message
from tests.support.exam import Exam, Seat, assert_problem, bearer
from tests.support.ws_client import WsPage, greeted


@pytest.fixture
def admin(room: Exam) -> Iterator[WsPage]:
    with greeted(room.client, room.id, room.admin_key) as page:
        yield page


def record(room: Exam, of: Seat | None = None) -> list[tuple[str, int, int, int]]:
    params = {"participant_id": of.id} if of else {}
    path = f"/meetings/{room.id}/messages"
    messages = room.client.get(path, params=params, headers=bearer(room.admin_key)).json()["messages"]
    return [(one["text"], one["recipients"], one["delivered"], one["acknowledged"]) for one in messages]


def unacknowledged(room: Exam, message_id: str) -> httpx.Response:
    path = f"/meetings/{room.id}/messages/{message_id}/unacknowledged"
    return room.client.get(path, headers=bearer(room.admin_key))


def open_page(seat: Seat, client: httpx.Client) -> AbstractContextManager[WsPage]:
    return greeted(client, seat.meeting_id, seat.token)


def test_a_message_arrives_at_another_gateway_and_the_admin_hears_of_it(
    room: Exam, admin: WsPage, second_gateway: httpx.Client
) -> None:
    ada, bob = room.join("Ada"), room.join("Bob")
    with open_page(ada, second_gateway) as page, open_page(bob, second_gateway) as other:
        sent = room.say("Please look at your screen.", ada)

        assert (sent.status_code, sent.json()["recipients"]) == (201, 1)
        message = page.hear("message")
        assert message["text"] == "Please look at your screen."
        assert message["sent_at"] == sent.json()["sent_at"]
        assert admin.hear("sent") == {
            "type": "sent",
            "id": message["id"],
            "participant_id": ada.id,
            "text": "Please look at your screen.",
            "sent_at": message["sent_at"],
            "recipients": 1,
        }

        page.say({"type": "receipt", "id": message["id"], "acknowledged": False})
        delivered = admin.hear("receipt")
        assert (delivered["id"], delivered["participant_id"]) == (message["id"], ada.id)
        assert delivered["delivered_at"]
        assert delivered["acknowledged_at"] is None
        assert record(room) == [("Please look at your screen.", 1, 1, 0)]

        page.say({"type": "receipt", "id": message["id"], "acknowledged": True})
        acknowledged = admin.hear("receipt")
        assert acknowledged["acknowledged_at"]
        assert acknowledged["delivered_at"] == delivered["delivered_at"]
        assert record(room) == [("Please look at your screen.", 1, 1, 1)]

        room.say("Thank you.")
        assert page.hear("message")["text"] == other.hear("message")["text"] == "Thank you."


def test_who_was_away_gets_it_on_return_and_who_joins_later_does_not(
    room: Exam, second_gateway: httpx.Client
) -> None:
    ada, bob = room.join("Ada"), room.join("Bob")
    assert room.say("Ten minutes left.").json()["recipients"] == 2
    late = room.join("Cleo")
    room.say("Five.")

    for seat, expected in ((ada, ["Ten minutes left.", "Five."]), (late, ["Five."])):
        with open_page(seat, second_gateway) as page:
            assert [page.hear("message")["text"] for _ in expected] == expected

    assert record(room) == [("Five.", 3, 0, 0), ("Ten minutes left.", 2, 0, 0)]
    assert record(room, of=bob) == [("Five.", 1, 0, 0), ("Ten minutes left.", 1, 0, 0)]
    assert record(room, of=late) == [("Five.", 1, 0, 0)]


def test_it_comes_again_until_it_is_acknowledged(room: Exam, seat: Seat, admin: WsPage) -> None:
    room.say("first", seat)
    room.say("second", seat)
    admin.hear("sent")
    admin.hear("sent")
    with open_page(seat, room.client) as page:
        first, second = page.hear("message"), page.hear("message")
        page.say({"type": "receipt", "id": first["id"], "acknowledged": True})
        page.say({"type": "receipt", "id": second["id"], "acknowledged": False})
        assert [admin.hear("receipt")["id"], admin.hear("receipt")["id"]] == [first["id"], second["id"]]

    with open_page(seat, room.client) as page:
        assert page.hear("message") == second


def test_a_message_that_went_unheard_while_redis_was_away_arrives(
    room: Exam, seat: Seat, database: Engine, redis: Redis
) -> None:
    with open_page(seat, room.client) as page:
        room.say("before", seat)
        page.hear("message")

        send_message(database, UUID(seat.meeting_id), "meanwhile", UUID(seat.id))
        redis.client_kill_filter(_type="pubsub")

        assert page.hear("message")["text"] == "meanwhile"


def test_the_record_names_those_who_have_not_acknowledged(room: Exam, admin: WsPage) -> None:
    cleo, bob, ada = (room.join(name) for name in ("Cleo", "bob", "Ada"))
    message_id = room.say("Ten minutes left.").json()["id"]
    admin.hear("sent")
    room.join("Late")
    for seat, acknowledged in ((ada, True), (cleo, False)):
        with open_page(seat, room.client) as page:
            page.say({"type": "receipt", "id": message_id, "acknowledged": acknowledged})
            admin.hear("receipt")

    people = unacknowledged(room, message_id).json()["people"]

    assert [(one["participant_id"], one["name"]) for one in people] == [(bob.id, "bob"), (cleo.id, "Cleo")]
    assert [bool(one["delivered_at"]) for one in people] == [False, True]
    elsewhere = Exam.create(room.client)
    assert_problem(unacknowledged(elsewhere, message_id), 404)


def test_nobody_gives_a_receipt_for_another(room: Exam) -> None:
    ada, bob = room.join("Ada"), room.join("Bob")
    message_id = room.say("Please look at your screen.", ada).json()["id"]

    with open_page(bob, room.client) as page:
        page.say({"type": "receipt", "id": message_id, "acknowledged": True})

        assert page.hear("error") == {"type": "error", "detail": "id: there is no such message to you"}
    assert record(room) == [("Please look at your screen.", 1, 0, 0)]


def test_only_the_admin_sends_and_reads_and_only_to_candidates(room: Exam, seat: Seat) -> None:
    path = f"/meetings/{room.id}/messages"
    elsewhere = Exam.create(room.client)
    admin = room.client.post(
        f"/meetings/{room.id}/participants", json={"name": "Ivy"}, headers=bearer(room.admin_key)
    ).json()

    for credentials in (seat.token, elsewhere.admin_key):
        assert_problem(room.client.get(path, headers=bearer(credentials)), 401)
        assert_problem(room.client.post(path, json={"text": "Hi"}, headers=bearer(credentials)), 401)
    for stranger in (admin["participant_id"], elsewhere.join().id, str(uuid4())):
        body = {"text": "Hi", "participant_id": stranger}
        assert_problem(room.client.post(path, json=body, headers=bearer(room.admin_key)), 404)
    assert record(room) == []


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\0b", "\u202e\u200b"])
def test_what_nobody_can_read_is_not_sent(room: Exam, text: str) -> None:
    assert_problem(room.say(text), 422)


def test_more_than_can_be_read_is_not_sent(room: Exam) -> None:
    # A window may end while they are sent: then the next one fills.
    answers = [room.say("Look!") for _ in range(2 * MOST_IN_A_MINUTE.most + 1)]

    refused = [answer for answer in answers if answer.status_code != 201]
    assert_problem(refused[0], 429)
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
