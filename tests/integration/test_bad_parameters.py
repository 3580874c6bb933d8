"""Invalid parameters get a clear 4xx that does not echo them."""

import base64

import pytest

from tests.support.bad_input import MARK
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem, bearer


@pytest.mark.parametrize("wait", ["21", "-1", "nan", "inf", "-inf", "1e400", "Xyzzy", "", "20.001", "\0"])
def test_invalid_wait_is_refused(candidate: CandidateClient, wait: str) -> None:
    job_id = candidate.submit_frame(ONE_FACE)

    response = candidate.client.get(f"/jobs/{job_id}", params={"wait": wait}, headers=bearer(candidate.token))

    assert MARK not in assert_problem(response, 422)


@pytest.mark.parametrize("limit", ["0", "-1", "501", "1.5", "Xyzzy", "9" * 5_000])
def test_invalid_limit_is_refused(exam: Exam, limit: str) -> None:
    assert MARK not in assert_problem(exam.get_flags(limit=limit), 422)


def encode_cursor(position: str) -> str:
    return base64.urlsafe_b64encode(position.encode()).decode()


@pytest.mark.parametrize(
    "after",
    [
        "Xyzzy",
        "!",
        "é",
        "\0",
        "====",
        encode_cursor("Xyzzy"),
        encode_cursor("2026-01-01T00:00:00+00:00"),
        encode_cursor("2026-01-01T00:00:00+00:00 5 5"),
        encode_cursor("2026-01-01T00:00:00+00:00 five"),
        encode_cursor("2026-01-01T00:00:00+00:00 " + "9" * 5_000),
        encode_cursor("99999-01-01T00:00:00+00:00 5"),
        encode_cursor("0001-01-01T00:00:00+01:00 5"),
        encode_cursor("9999-12-31T23:59:59-01:00 5"),
        encode_cursor("infinity 5"),
        encode_cursor("' 5"),
        encode_cursor("\0 \0"),
    ],
    ids=lambda text: repr(text[:60]),
)
def test_invalid_cursor_is_refused(exam: Exam, after: str) -> None:
    assert MARK not in assert_problem(exam.get_flags(after=after), 422)


@pytest.mark.parametrize(
    "position",
    [
        "2026-01-01T00:00:00 5",
        "2026-01-01T00:00:00+23:59 5",
        "0001-01-01T00:00:00+00:00 -5",
        "9999-12-31T23:59:59+00:00 " + "9" * 30,
        "2026-01-01T00:00:00+00:00 " + "9" * 4_000,
    ],
    ids=lambda text: text[:40],
)
def test_forged_cursor_finds_nothing(exam: Exam, position: str) -> None:
    assert exam.get_flags(after=encode_cursor(position)).json() == {"flags": [], "next": None}
