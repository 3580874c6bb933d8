"""From faces to a verdict."""

import pytest

from tests.samples import findings
from worker.rules import judge
from worker.watch import Neighbours


@pytest.mark.parametrize(
    ("faces", "name"), [(0, "ok"), (1, "ok"), (2, "multiple_faces"), (30, "multiple_faces")]
)
def test_more_than_one_face_is_a_flag(faces: int, name: str) -> None:
    verdict = judge(findings(faces))

    assert (verdict.name, verdict.faces) == (name, faces)


def test_faces_that_dlib_does_not_confirm_are_only_a_suspicion_until_seen_again() -> None:
    doubtful = findings(2)
    doubtful = doubtful.model_copy(
        update={"faces": tuple(face.model_copy(update={"confirmed": False}) for face in doubtful.faces)}
    )

    assert (judge(doubtful).name, judge(doubtful).suspected) == ("ok", True)
    assert judge(doubtful, Neighbours(doubt_holds=True)).name == "multiple_faces"
    assert judge(findings(1), Neighbours(doubt_holds=True)).name == "ok"


@pytest.mark.parametrize(
    ("measures", "frozen", "name"),
    [
        ({}, False, "no_face"),
        ({"brightness": 0.01}, False, "technical"),
        ({"detail": 0.001}, False, "technical"),
        ({"detail": 0.05}, False, "no_face"),
        ({}, True, "technical"),
    ],
)
def test_an_absence_is_the_cameras_when_it_shows_nothing(
    measures: dict[str, float], frozen: bool, name: str
) -> None:
    empty = findings(0).model_copy(update=measures)

    assert judge(empty).name == "ok"
    assert judge(empty, Neighbours(absence_lasts=True, frozen=frozen)).name == name
