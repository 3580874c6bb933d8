"""Names of people and titles of meetings: those of all the world, but none that hide or flood."""

import json
from uuid import UUID

import pytest

from tests.bad_input import MARK
from tests.room import TWO_FACES, Room, assert_problem
from worker.judging import Judging


@pytest.mark.parametrize(
    "name", ["Zoë 👩🏽‍🚀", "محمد بن سلمان", "דוד", "山田太郎", "नमस्ते", "O'Brien; DROP", "x" * 200]
)
def test_names_of_all_the_world_come_back_unchanged(room: Room, judging: Judging, name: str) -> None:
    judging.judge_frame(UUID(room.join(name).accepted(TWO_FACES)))

    assert [flag["participant_name"] for flag in room.flags().json()["flags"]] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "Xyzzy" * 2_048,
        "Xyzzy\0",
        "Xyzzy\u202emoc",
        "\u2066Xyzzy",
        "Xyzzy\x1b[31m",
        "a\nXyzzy",
        "\ud800",
    ],
    ids=lambda text: repr(text[:20]),
)
@pytest.mark.parametrize("field", ["name", "title"])
def test_names_that_hide_or_flood_are_refused(room: Room, field: str, name: str) -> None:
    path = "/meetings" if field == "title" else f"/meetings/{room.id}/participants"

    response = room.client.post(
        path, content=json.dumps({field: name}), headers={"Content-Type": "application/json"}
    )

    detail = assert_problem(response, 422)
    assert field in detail
    assert MARK not in detail
