"""Rate limits: a flooding client is told to wait and delays nobody else."""

from collections.abc import Callable
from ipaddress import ip_address

import httpx
import pytest

from api.auth.credentials import WRONG_KEYS
from api.meetings.joining import REJOINS
from shared.settings import Settings
from tests.support.exam import Exam, assert_problem, bearer
from tests.support.ws_client import authenticated_connection, live_connection

LIMIT = 3
HOME = "203.0.113.7"
OPERATOR_KEY = "the key of the operator"


@pytest.fixture
def start(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> Callable[..., httpx.Client]:
    """Starts a gateway with low limits that trusts a proxy on this machine."""

    def start(**changes: object) -> httpx.Client:
        return other_gateway(
            Settings(**dict(settings) | {"meetings_per_hour": LIMIT, "joins_per_minute": LIMIT} | changes)
        )

    return start


def create(client: httpx.Client, address: str = HOME, key: str | None = None) -> httpx.Response:
    headers = {"X-Forwarded-For": address} | (bearer(key) if key else {})
    return client.post("/meetings", json={"title": "Algebra I"}, headers=headers)


def join(exam: Exam, address: str = HOME, name: str = "Ada", key: str | None = None) -> httpx.Response:
    path = f"/meetings/{exam.id}/participants"
    headers = {"X-Forwarded-For": address} | (bearer(key) if key else {})
    return exam.client.post(path, json={"name": name}, headers=headers)


def claim(exam: Exam, key: str, address: str = HOME) -> httpx.Response:
    body = {"meeting_id": exam.id, "admin_id": key}
    return exam.client.post("/is_admin", json=body, headers={"X-Forwarded-For": address})


def refusals(answers: list[httpx.Response]) -> list[httpx.Response]:
    """Return the answers with 429. (A window may end while requests are sent, so some may pass.)"""
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    for answer in refused:
        assert_problem(answer, 429)
        assert 1 <= int(answer.headers["Retry-After"]) <= 3_600
    return refused


def test_meeting_limit_is_per_address(start: Callable[..., httpx.Client]) -> None:
    client = start()

    refusals([create(client) for _ in range(2 * LIMIT + 1)])

    assert create(client, "203.0.113.8").status_code == 201


def test_forged_forwarded_for_does_not_change_the_address(
    start: Callable[..., httpx.Client],
) -> None:
    client = start()

    # The proxy appends the real address to the header it received.
    refusals([create(client, f"198.51.100.{number}, {HOME}") for number in range(2 * LIMIT + 1)])


def test_addresses_of_one_ipv6_network_share_a_limit(start: Callable[..., httpx.Client]) -> None:
    client = start()
    first = int(ip_address("2001:db8::"))

    refusals([create(client, str(ip_address(first + number))) for number in range(2 * LIMIT + 1)])


@pytest.mark.parametrize("prefix", ["::ffff:", "64:ff9b::"])
def test_ipv4_mapped_to_ipv6_counts_as_ipv4(start: Callable[..., httpx.Client], prefix: str) -> None:
    client = start()

    refusals([create(client, f"{prefix}{HOME}") for _ in range(2 * LIMIT + 1)])

    assert create(client, f"{prefix}203.0.113.8").status_code == 201
    refusals([create(client, HOME) for _ in range(2 * LIMIT + 1)])


def test_invalid_bodies_do_not_count(start: Callable[..., httpx.Client]) -> None:
    client = start(joins_per_minute=5)
    headers = {"X-Forwarded-For": HOME}
    assert {client.post("/meetings", json={}, headers=headers).status_code for _ in range(10)} == {422}
    exam = Exam.create(client)

    assert {join(exam, name=" ").status_code for _ in range(10)} == {422}

    assert create(client).status_code == 201
    assert join(exam).status_code == 201


def test_one_address_cannot_exhaust_a_meetings_limit(start: Callable[..., httpx.Client]) -> None:
    client = start(joins_per_minute=50)
    exam = Exam.create(client)

    refusals([join(exam) for _ in range(50)])

    assert {join(exam, f"198.51.100.{number}").status_code for number in range(10)} == {201}


def test_admins_and_rejoins_are_not_limited(start: Callable[..., httpx.Client]) -> None:
    client = start(joins_per_minute=5)
    exam = Exam.create(client)
    token = join(exam).json()["token"]
    refusals([join(exam, f"198.51.100.{number}") for number in range(11)])

    headers = bearer(token) | {"X-Forwarded-For": HOME}
    again = {client.post(f"/meetings/{exam.id}/rejoin", headers=headers).status_code for _ in range(11)}
    assert again == {200}
    assert {join(exam, key=exam.admin_key).status_code for _ in range(11)} == {201}


def test_rejoins_are_limited_by_participant(start: Callable[..., httpx.Client]) -> None:
    client = start(joins_per_minute=50)
    exam = Exam.create(client)
    ada, bob = (join(exam, name=name).json()["token"] for name in ("Ada", "Bob"))

    def rejoin(token: str) -> httpx.Response:
        return client.post(f"/meetings/{exam.id}/rejoin", headers=bearer(token))

    refusals([rejoin(ada) for _ in range(2 * REJOINS.limit + 1)])
    assert rejoin(bob).status_code == 200


def try_key_everywhere(exam: Exam, guess: str) -> list[httpx.Response]:
    """Send the wrong key to every endpoint that takes one."""
    headers = bearer(guess) | {"X-Forwarded-For": HOME}
    body = {"meeting_id": exam.id, "admin_id": guess}
    return [
        exam.client.get(f"/meetings/{exam.id}/people", headers=headers),
        exam.client.post("/multiple_faces_list", json=body, headers=headers),
        join(exam, key=guess),
        claim(exam, guess),
        create(exam.client, key=guess),
    ]


def test_wrong_keys_are_limited_by_address(start: Callable[..., httpx.Client]) -> None:
    client = start(operator_key=OPERATOR_KEY, joins_per_minute=1_000)
    data = create(client, key=OPERATOR_KEY).json()
    exam = Exam(client, data["data"]["id"], data["admin_id"])

    guesses = [try_key_everywhere(exam, f"guess{number}") for number in range(WRONG_KEYS.limit)]

    assert [answer.status_code for answer in guesses[0]] == [401, 401, 401, 200, 401]
    for answers in zip(*guesses, strict=True):
        refusals(list(answers))
    # Right keys still pass from this address, and other addresses are not limited.
    assert join(exam, key=exam.admin_key).status_code == 201
    assert claim(exam, exam.admin_key).json() == {"admin": True}
    assert create(client, key=OPERATOR_KEY).status_code == 201
    assert claim(exam, "guess", "203.0.113.8").json() == {"admin": False}


def test_websocket_shares_the_wrong_key_limit(start: Callable[..., httpx.Client]) -> None:
    exam = Exam.create(start())
    codes = []
    for number in range(2 * WRONG_KEYS.limit + 1):
        with live_connection(exam.client, exam.id) as page:
            page.send({"type": "hello", "credentials": f"guess{number}"})
            codes.append(page.wait_closed()[0])

    assert codes[0] == 4401
    assert 4429 in codes
    with authenticated_connection(exam.client, exam.id, exam.admin_key):
        pass


def test_operator_key_is_not_limited(start: Callable[..., httpx.Client]) -> None:
    client = start(operator_key=OPERATOR_KEY)

    assert {create(client, key=OPERATOR_KEY).status_code for _ in range(2 * LIMIT + 1)} == {201}


def test_join_limit_is_per_meeting(start: Callable[..., httpx.Client]) -> None:
    client = start(meetings_per_hour=100)
    flooded, quiet = Exam.create(client), Exam.create(client)

    refusals([join(flooded, f"198.51.100.{number}") for number in range(2 * LIMIT + 1)])
    assert join(quiet, "198.51.100.99").status_code == 201
    refusals([join(exam) for exam in (Exam.create(client) for _ in range(2 * LIMIT + 1))])
    assert join(quiet, "198.51.100.100").status_code == 201
