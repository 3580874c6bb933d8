"""Which faces dlib confirms."""

from itertools import product

import pytest

from shared.judging.thresholds import Thresholds, mouth_angle
from shared.verdicts import Box, Face
from tests.support.samples import DEFAULT_RULES
from worker.engines.dlib_guided import DlibGuided

EYES = ((10.0, 10.0), (30.0, 10.0), (20.0, 18.0))


@pytest.fixture(scope="module")
def thresholds() -> Thresholds:
    return DlibGuided(None).thresholds(DEFAULT_RULES)


def is_confirmed(thresholds: Thresholds, dlib: float | None, score: float, angle: float | None) -> bool:
    box = Box(left=0, top=0, width=80, height=80)
    faces, _ = thresholds.apply([Face(box=box, score=score, dlib=dlib, mouth_angle=angle)])
    return faces[0].confirmed


def test_high_score_of_dlib_alone_confirms(thresholds: Thresholds) -> None:
    for score, angle in product((0.5, 0.9), (0.0, 45.0, None)):
        assert is_confirmed(thresholds, -0.5, score, angle)


def test_lower_score_confirms_only_a_sure_upright_face(thresholds: Thresholds) -> None:
    assert is_confirmed(thresholds, -1.0, 0.7, 14.0)
    assert not is_confirmed(thresholds, -1.01, 0.7, 14.0)
    assert not is_confirmed(thresholds, -0.51, 0.69, 0.0)  # a printed jar: the network is not sure
    assert not is_confirmed(thresholds, -0.51, 0.9, 14.1)  # a painted face: its mouth is askew
    assert not is_confirmed(thresholds, -0.51, 0.9, None)
    assert not is_confirmed(thresholds, None, 0.9, 0.0)


def test_stricter_meeting_is_stricter_for_sure_faces_too() -> None:
    strict = DlibGuided(None).thresholds(DEFAULT_RULES.model_copy(update={"confirm_threshold": 1.0}))

    assert is_confirmed(strict, 0.5, 0.9, 0.0)
    assert not is_confirmed(strict, 0.49, 0.9, 0.0)


@pytest.mark.parametrize(
    ("left", "right", "degrees"),
    [((12.0, 26.0), (28.0, 26.0), 0), ((12.0, 26.0), (28.0, 42.0), 45), ((12.0, 42.0), (28.0, 26.0), 45)],
)
def test_mouth_angle_is_measured_to_the_eyes(
    left: tuple[float, float], right: tuple[float, float], degrees: float
) -> None:
    assert mouth_angle((*EYES, left, right)) == pytest.approx(degrees)


def test_mouth_angle_is_the_same_in_a_tilted_face() -> None:
    tilted = [(y, -x) for x, y in (*EYES, (12.0, 26.0), (28.0, 30.0))]

    assert mouth_angle(tilted) == pytest.approx(mouth_angle((*EYES, (12.0, 26.0), (28.0, 30.0))))
