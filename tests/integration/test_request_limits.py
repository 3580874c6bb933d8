"""Expensive and invalid requests are refused early, and only their sender is limited."""

import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine

from api.frames.throttle import REFUSED_BURST
from api.input.validation_errors import MAX_ERRORS
from api.middleware.body_limit import SMALL_BODY_BYTES
from shared.settings import Settings
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem, bearer
from tests.support.gateway_process import GatewayProcess, run_gateway

JSON = {"Content-Type": "application/json"}
LARGE = 2_700_000


@pytest.fixture(scope="module")
def running(
    settings: Settings, database: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    del database  # migrated first
    with run_gateway(settings, tmp_path_factory.mktemp("gateway")) as running:
        yield running


def send(candidate: CandidateClient, body: bytes) -> httpx.Response:
    return candidate.client.post("/detect_faces", content=body, headers=JSON | bearer(candidate.token))


@pytest.mark.parametrize("size", [100_000, LARGE])
@pytest.mark.parametrize(
    "content",
    [
        lambda size: b'{"meeting_id": [%s[]]}' % (b"[]," * (size // 3)),
        lambda size: json.dumps({str(number): 1 for number in range(size // 12)}).encode(),
    ],
    ids=["lists", "keys"],
)
def test_deeply_structured_frames_cost_little_cpu(
    running: GatewayProcess, redis: Redis, size: int, content: object
) -> None:
    """Measured in CPU time, which does not depend on other load: fully parsed, each takes 0.1 to 4 s."""
    del redis  # emptied first
    assert callable(content)
    candidate, body = Exam.create(running.client).join(), content(size)
    before = running.cpu_seconds

    for _ in range(10):
        assert_problem(send(candidate, body), 422)

    assert running.cpu_seconds - before < 0.5


def test_small_routes_refuse_large_bodies(gateway: httpx.Client) -> None:
    exam = Exam.create(gateway)
    for method, path in (
        ("POST", "/is_admin"),
        ("POST", "/meetings"),
        ("POST", f"/meetings/{exam.id}/participants"),
        ("PATCH", f"/meetings/{exam.id}/rules"),
    ):
        body = b'{"title": "%s"}' % (b"x" * SMALL_BODY_BYTES)
        headers = JSON | bearer(exam.admin_key)

        assert_problem(gateway.request(method, path, content=body, headers=headers), 413)
        in_parts = iter([body[:1000], body[1000:]])
        assert_problem(gateway.request(method, path, content=in_parts, headers=headers), 413)


def test_at_most_ten_errors_are_listed(exam: Exam) -> None:
    rules = {f"unknown{number}{'x' * 200}": 1 for number in range(50)}

    answer = exam.client.patch(f"/meetings/{exam.id}/rules", json=rules, headers=bearer(exam.admin_key))

    detail = assert_problem(answer, 422)
    assert detail.endswith("; and 40 more")
    assert len(answer.json()["errors"]) == MAX_ERRORS
    assert len(answer.content) < 5_000


def test_sender_of_invalid_frames_is_limited_alone(exam: Exam) -> None:
    spoiler, neighbour = exam.join(), exam.join()

    answers = [send(spoiler, b"{}").status_code for _ in range(3 * REFUSED_BURST)]

    assert answers[:REFUSED_BURST] == [422] * REFUSED_BURST
    assert answers[-1] == 429
    assert neighbour.post_frame(ONE_FACE).status_code == 202
    assert exam.join().post_frame(ONE_FACE).status_code == 202


def test_few_invalid_frames_do_not_limit_valid_ones(candidate: CandidateClient) -> None:
    for _ in range(5):
        assert send(candidate, b"{}").status_code == 422
        assert candidate.post_frame(ONE_FACE).status_code == 202


def test_too_fast_sender_gets_429_before_the_body(candidate: CandidateClient) -> None:
    while candidate.post_frame(ONE_FACE).status_code == 202:
        pass

    # The pause may end before the next frame; sending goes on until a request falls within one.
    for _ in range(20):
        if candidate.post_frame(ONE_FACE).status_code == 429 and answer_without_body(candidate).startswith(
            b"HTTP/1.1 429 "
        ):
            return
    pytest.fail("the gateway waited for the body")


def answer_without_body(candidate: CandidateClient) -> bytes:
    """Return the answer to a frame's request without its body, or nothing if the gateway waits for it."""
    url = candidate.client.base_url
    head = f"POST /detect_faces HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {candidate.token}\r\n"
    with socket.create_connection((url.host, url.port or 0), timeout=2) as connection:
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 10\r\n\r\n".encode())
        try:
            return connection.recv(65_536)
        except TimeoutError:
            return b""
