"""Who floods is told to wait, and delays nobody else."""

from collections.abc import Callable
from ipaddress import ip_address

import httpx
import pytest

from shared.settings import Settings
from tests.room import Room, assert_problem, bearer

MOST = 3
HOME = "203.0.113.7"
OPERATOR_KEY = "the key of the operator"


@pytest.fixture
def start(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> Callable[..., httpx.Client]:
    """A gateway that soon has enough; it trusts a proxy on this machine, as it does the one in production."""

    def start(**changes: object) -> httpx.Client:
        return other_gateway(
            Settings(**dict(settings) | {"meetings_per_hour": MOST, "joins_per_minute": MOST} | changes)
        )

    return start


def create(client: httpx.Client, address: str = HOME, key: str | None = None) -> httpx.Response:
    headers = {"X-Forwarded-For": address} | (bearer(key) if key else {})
    return client.post("/meetings", json={"title": "Algebra I"}, headers=headers)


def join(room: Room, address: str = HOME) -> httpx.Response:
    path = f"/meetings/{room.id}/participants"
    return room.client.post(path, json={"name": "Ada"}, headers={"X-Forwarded-For": address})


def refusals(answers: list[httpx.Response]) -> list[httpx.Response]:
    """Those that were told to wait; a window may end while they are sent: then the next one fills."""
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    for answer in refused:
        assert_problem(answer, 429)
        assert 1 <= int(answer.headers["Retry-After"]) <= 3_600
    return refused


def test_an_address_creates_so_many_meetings_and_others_still_can(start: Callable[..., httpx.Client]) -> None:
    client = start()

    refusals([create(client) for _ in range(2 * MOST + 1)])

    assert create(client, "203.0.113.8").status_code == 201


def test_an_address_is_not_changed_by_what_a_client_says_of_itself(
    start: Callable[..., httpx.Client],
) -> None:
    client = start()

    # The proxy adds the true one behind whatever came with the request.
    refusals([create(client, f"198.51.100.{number}, {HOME}") for number in range(2 * MOST + 1)])


def test_the_many_addresses_of_one_home_are_one(start: Callable[..., httpx.Client]) -> None:
    client = start()
    first = int(ip_address("2001:db8::"))

    refusals([create(client, str(ip_address(first + number))) for number in range(2 * MOST + 1)])


def test_the_operator_is_not_limited_and_who_guesses_the_key_is(start: Callable[..., httpx.Client]) -> None:
    client = start(operator_key=OPERATOR_KEY)

    guesses = [create(client, key=f"guess {number}") for number in range(2 * MOST + 1)]

    assert guesses[0].status_code == 401
    refusals(guesses)
    assert {create(client, key=OPERATOR_KEY).status_code for _ in range(2 * MOST + 1)} == {201}


def test_a_flood_of_people_from_one_address_and_one_to_a_meeting(start: Callable[..., httpx.Client]) -> None:
    client = start(meetings_per_hour=100)
    flooded, quiet = Room.create(client), Room.create(client)

    refusals([join(flooded, f"198.51.100.{number}") for number in range(2 * MOST + 1)])
    assert join(quiet, "198.51.100.99").status_code == 201
    refusals([join(room) for room in (Room.create(client) for _ in range(2 * MOST + 1))])
    assert join(quiet, "198.51.100.100").status_code == 201
