"""Names and titles: international ones are kept, invisible and huge ones refused."""

import json
from uuid import UUID

import pytest

from tests.support.bad_input import MARK
from tests.support.exam import TWO_FACES, Exam, assert_problem
from tests.support.jobs import judge_frame
from worker.frames.judging import Judging


@pytest.mark.parametrize(
    "name", ["Zoë 👩🏽‍🚀", "محمد بن سلمان", "דוד", "山田太郎", "नमस्ते", "O'Brien; DROP", "x" * 200]
)
def test_international_names_come_back_unchanged(exam: Exam, judging: Judging, name: str) -> None:
    judge_frame(judging, UUID(exam.join(name).submit_frame(TWO_FACES)))

    assert [flag["participant_name"] for flag in exam.get_flags().json()["flags"]] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "Xyzzy" * 2_048,
        "Xyzzy\0",
        "\u200b\u3164",
        "Xyzzy\x1b[31m",
        "a\nXyzzy",
        "\ud800",
    ],
    ids=lambda text: repr(text[:20]),
)
@pytest.mark.parametrize("field", ["name", "title"])
def test_unreadable_or_huge_names_are_refused(exam: Exam, field: str, name: str) -> None:
    path = "/meetings" if field == "title" else f"/meetings/{exam.id}/participants"

    response = exam.client.post(
        path, content=json.dumps({field: name}), headers={"Content-Type": "application/json"}
    )

    detail = assert_problem(response, 422)
    assert field in detail
    assert MARK not in detail


def test_invisible_marks_are_dropped(exam: Exam) -> None:
    exam.join("\u2067Ada\u3164")
    created = exam.client.post("/meetings", json={"title": "\u202eAlge\u200bbra I "}).json()

    assert exam.get_people()[0]["name"] == "Ada"
    assert created["data"]["title"] == "Algebra I"


def test_blank_name_is_refused_with_a_sentence(exam: Exam) -> None:
    response = exam.client.post(f"/meetings/{exam.id}/participants", json={"name": " "})

    assert assert_problem(response, 422) == "name must not be empty"
    assert response.json()["errors"] == [{"field": "name", "message": "must not be empty"}]


def test_name_without_visible_characters_is_refused(exam: Exam) -> None:
    response = exam.client.post("/meetings", json={"title": "\u3164\u200b"})

    assert assert_problem(response, 422) == "title must have at least one visible character"
