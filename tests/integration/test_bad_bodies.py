"""Bodies that are not what was asked for, or too large: one clear 4xx, and nothing of them comes back."""

import json
import socket

import httpx
import pytest

from shared.settings import Settings
from tests.support.bad_input import MARK, nested
from tests.support.exam import ONE_FACE, Seat, assert_problem, bearer

HUGE = 100_000_000


def raw(seat: Seat, content: bytes) -> httpx.Response:
    headers = bearer(seat.token) | {"Content-Type": "application/json"}
    return seat.client.post("/detect_faces", content=content, headers=headers)


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
def test_what_is_not_the_json_we_ask_for(seat: Seat, content: bytes) -> None:
    response = raw(seat, content)

    assert response.status_code in {400, 422}
    assert MARK not in assert_problem(response, response.status_code)


@pytest.mark.parametrize("field", ["participant_id", "meeting_id", "base64_img"])
def test_half_a_character(seat: Seat, field: str) -> None:
    # As JSON may spell it: half of an emoji.
    content = json.dumps({**seat.body(ONE_FACE), field: "\ud800"}).encode()

    assert_problem(raw(seat, content), 422)


def begin_posting(url: httpx.URL, seat: Seat, header: bytes) -> socket.socket:
    """A connection on which the head of a frame's request was sent, and nothing of its body."""
    connection = socket.create_connection((url.host, url.port or 0), timeout=60)
    connection.sendall(
        b"POST /detect_faces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %s\r\n%s\r\n\r\n" % (seat.token.encode(), header)
    )
    return connection


def test_a_huge_body_is_refused_before_it_is_sent(seat: Seat) -> None:
    with begin_posting(seat.client.base_url, seat, b"Content-Length: %d" % HUGE) as connection:
        answer = connection.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_a_body_that_hides_its_length_is_refused_while_it_grows(seat: Seat, settings: Settings) -> None:
    with begin_posting(seat.client.base_url, seat, b"Transfer-Encoding: chunked") as connection:
        for _ in range(2 * settings.max_frame_bytes // 65_536):
            connection.sendall(b"10000\r\n%s\r\n" % bytes(65_536))
        answer = connection.recv(65_536)  # while its end is still to come

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_a_small_body_may_hide_its_length(gateway: httpx.Client) -> None:
    content = iter([b'{"title":', b' "Algebra I"}'])

    response = gateway.post("/meetings", content=content, headers={"Content-Type": "application/json"})

    assert response.status_code == 201
