"""Invalid or too large bodies get a clear 4xx that does not echo them."""

import json
import socket

import httpx
import pytest

from shared.settings import Settings
from tests.support.bad_input import MARK, nested
from tests.support.exam import ONE_FACE, CandidateClient, assert_problem, bearer

HUGE = 100_000_000


def raw(candidate: CandidateClient, content: bytes) -> httpx.Response:
    headers = bearer(candidate.token) | {"Content-Type": "application/json"}
    return candidate.client.post("/detect_faces", content=content, headers=headers)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Xyzzy",
        b"null",
        b"[]",
        b'"Xyzzy"',
        b"{}",
        b'{"base64_img": ',
        b'{"base64_img": 5, "participant_id": [], "meeting_id": {"Xyzzy": 1}}',
        b"\xff\xfe\x00",
        b'{"base64_img": "\xff"}',
        b"NaN",
        nested(100_000),
        b'{"base64_img": ' + b"9" * 100_000 + b"}",
    ],
    ids=lambda content: repr(content[:20]),
)
def test_invalid_json_gets_4xx_without_echo(candidate: CandidateClient, content: bytes) -> None:
    response = raw(candidate, content)

    assert response.status_code in {400, 422}
    assert MARK not in assert_problem(response, response.status_code)


@pytest.mark.parametrize("field", ["participant_id", "meeting_id", "base64_img"])
def test_lone_surrogate_is_refused(candidate: CandidateClient, field: str) -> None:
    # JSON can spell half of an emoji.
    content = json.dumps({**candidate.frame_body(ONE_FACE), field: "\ud800"}).encode()

    assert_problem(raw(candidate, content), 422)


def begin_posting(url: httpx.URL, candidate: CandidateClient, header: bytes) -> socket.socket:
    """Open a connection and send the head of a frame's request without its body."""
    connection = socket.create_connection((url.host, url.port or 0), timeout=60)
    connection.sendall(
        b"POST /detect_faces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %s\r\n%s\r\n\r\n" % (candidate.token.encode(), header)
    )
    return connection


def test_huge_content_length_is_refused_before_the_body(candidate: CandidateClient) -> None:
    with begin_posting(candidate.client.base_url, candidate, b"Content-Length: %d" % HUGE) as connection:
        answer = connection.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_chunked_body_is_refused_once_too_large(candidate: CandidateClient, settings: Settings) -> None:
    with begin_posting(candidate.client.base_url, candidate, b"Transfer-Encoding: chunked") as connection:
        for _ in range(2 * settings.max_frame_bytes // 65_536):
            connection.sendall(b"10000\r\n%s\r\n" % bytes(65_536))
        answer = connection.recv(65_536)  # before the body has ended

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_small_chunked_body_is_accepted(gateway: httpx.Client) -> None:
    content = iter([b'{"title":', b' "Algebra I"}'])

    response = gateway.post("/meetings", content=content, headers={"Content-Type": "application/json"})

    assert response.status_code == 201
