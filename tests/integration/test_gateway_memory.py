"""Large requests that fail leave nothing behind in a gateway's memory."""

import json
from collections.abc import Iterator

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine

from shared.settings import Settings
from tests.support.exam import Exam, Seat, bearer
from tests.support.gateway_process import GatewayProcess, run_gateway

REQUESTS = 500
MOST_GROWTH = 1.3
LARGE = 2_700_000
JSON = {"Content-Type": "application/json"}

ROUTES = [
    ("POST", "/is_admin"),
    ("POST", "/multiple_faces_list"),
    ("POST", "/meetings"),
    ("POST", "/meetings/{meeting}/participants"),
    ("POST", "/meetings/{meeting}/messages"),
    ("PATCH", "/meetings/{meeting}/rules"),
    ("GET", "/meetings/{meeting}"),
]


@pytest.fixture(scope="module")
def running(
    settings: Settings, database: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    del database  # migrated first
    with run_gateway(settings, tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def seats(running: GatewayProcess, redis: Redis) -> list[Seat]:
    """So many that none of them is shut out for what is wrong with their frames."""
    del redis  # emptied first
    room = Exam.create(running.client)
    return [room.join() for _ in range(REQUESTS // 20)]


def test_large_failed_requests_are_not_kept(running: GatewayProcess, redis: Redis) -> None:
    room = Exam.create(running.client)
    headers = JSON | bearer(room.admin_key)
    for method, path in ROUTES:
        address = path.format(meeting=room.id)
        before = running.memory
        for _ in range(REQUESTS):
            answer = running.client.request(method, address, content=b" " * LARGE, headers=headers)
            assert answer.status_code in {200, 413, 422, 429}

        assert running.memory <= MOST_GROWTH * before, (method, path)
        redis.flushdb()  # or the limits of joins and meetings answer before the body is read


@pytest.mark.parametrize(
    "body",
    [
        lambda _: b" " * LARGE,
        lambda _: b'{"meeting_id": "%s"}' % (b"x" * LARGE),
        lambda _: b'{"meeting_id": [%s[]]}' % (b"[]," * (LARGE // 3)),
        lambda seat: json.dumps(seat.body(b"") | {"base64_img": "A" * (LARGE - 50_000)}).encode(),
        lambda seat: json.dumps(seat.body(b"\xff\xd8\xff" + bytes(1_990_000)) | {"meeting_id": "x"}).encode(),
    ],
    ids=["blanks", "long string", "many lists", "no picture", "another meeting"],
)
def test_large_failed_frames_are_not_kept(running: GatewayProcess, seats: list[Seat], body: object) -> None:
    assert callable(body)
    bodies = {seat: body(seat) for seat in seats}
    before = running.memory

    answers = [_send(seat, bodies[seat]) for _ in range(REQUESTS // len(seats)) for seat in seats]

    assert {answer.status_code for answer in answers} <= {404, 422}
    assert running.memory <= MOST_GROWTH * before


def _send(seat: Seat, body: bytes) -> httpx.Response:
    return seat.client.post("/detect_faces", content=body, headers=JSON | bearer(seat.token))
