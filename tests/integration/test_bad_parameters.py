"""Parameters that can not be: one clear 4xx, never a 5xx, and nothing of them comes back."""

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


def cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


@pytest.mark.parametrize(
    "after",
    [
        "Xyzzy",
        "!",
        "é",
        "\0",
        "====",
        cursor("Xyzzy"),
        cursor("2026-01-01T00:00:00+00:00"),
        cursor("2026-01-01T00:00:00+00:00 5 5"),
        cursor("2026-01-01T00:00:00+00:00 five"),
        cursor("2026-01-01T00:00:00+00:00 " + "9" * 5_000),
        cursor("99999-01-01T00:00:00+00:00 5"),
        cursor("0001-01-01T00:00:00+01:00 5"),
        cursor("9999-12-31T23:59:59-01:00 5"),
        cursor("infinity 5"),
        cursor("' 5"),
        cursor("\0 \0"),
    ],
    ids=lambda text: repr(text[:60]),
)
def test_invalid_cursor_is_refused(exam: Exam, after: str) -> None:
    assert MARK not in assert_problem(exam.get_flags(after=after), 422)


@pytest.mark.parametrize(
    "place",
    [
        "2026-01-01T00:00:00 5",
        "2026-01-01T00:00:00+23:59 5",
        "0001-01-01T00:00:00+00:00 -5",
        "9999-12-31T23:59:59+00:00 " + "9" * 30,
        "2026-01-01T00:00:00+00:00 " + "9" * 4_000,
    ],
    ids=lambda text: text[:40],
)
def test_forged_cursor_finds_nothing(exam: Exam, place: str) -> None:
    assert exam.get_flags(after=cursor(place)).json() == {"flags": [], "next": None}
