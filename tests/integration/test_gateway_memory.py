"""Large failed requests leave nothing behind in a gateway's memory."""

import json
from collections.abc import Iterator

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine

from shared.settings import Settings
from tests.support.exam import CandidateClient, Exam, bearer
from tests.support.gateway_process import GatewayProcess, run_gateway

REQUESTS = 80
"""216 MB in all: a gateway that kept a fifth of it would fail."""
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
def candidates(running: GatewayProcess, redis: Redis) -> list[CandidateClient]:
    """Enough candidates that none is rate-limited for invalid frames."""
    del redis  # emptied first
    exam = Exam.create(running.client)
    return [exam.join() for _ in range(REQUESTS // 20)]


def test_large_failed_requests_are_not_kept(running: GatewayProcess, redis: Redis) -> None:
    exam = Exam.create(running.client)
    headers = JSON | bearer(exam.admin_key)
    for method, path in ROUTES:
        address = path.format(meeting=exam.id)
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
        lambda candidate: json.dumps(
            candidate.frame_body(b"") | {"base64_img": "A" * (LARGE - 50_000)}
        ).encode(),
        lambda candidate: json.dumps(
            candidate.frame_body(b"\xff\xd8\xff" + bytes(1_990_000)) | {"meeting_id": "x"}
        ).encode(),
    ],
    ids=["blanks", "long string", "many lists", "no picture", "another meeting"],
)
def test_large_failed_frames_are_not_kept(
    running: GatewayProcess, candidates: list[CandidateClient], body: object
) -> None:
    assert callable(body)
    bodies = {candidate: body(candidate) for candidate in candidates}
    before = running.memory

    answers = [
        _send(candidate, bodies[candidate])
        for _ in range(REQUESTS // len(candidates))
        for candidate in candidates
    ]

    assert {answer.status_code for answer in answers} <= {404, 422}
    assert running.memory <= MOST_GROWTH * before


def _send(candidate: CandidateClient, body: bytes) -> httpx.Response:
    return candidate.client.post("/detect_faces", content=body, headers=JSON | bearer(candidate.token))
