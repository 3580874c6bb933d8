"""Which detected persons count as persons without a visible face."""

import pytest

from shared.judging.persons import mark_without_face
from shared.rules import Rules
from shared.verdicts import Box, DetectedPerson, Face
from tests.support.samples import DEFAULT_RULES

FRAME = 640 * 480
HEAD = Box(left=300, top=100, width=80, height=100)
CANDIDATE = Box(left=220, top=80, width=240, height=400)
HELPER = Box(left=480, top=60, width=150, height=400)


def count(*persons: tuple[Box, float], faces: tuple[Box, ...] = (HEAD,), rules: Rules = DEFAULT_RULES) -> int:
    """Return how many of these persons count as persons without a visible face."""
    marked = mark_without_face(
        [DetectedPerson(box=box, score=score) for box, score in persons],
        [Face(box=box, score=0.9) for box in faces],
        FRAME,
        rules,
    )
    return sum(person.without_face for person in marked)


def test_candidate_with_a_face_is_one_person() -> None:
    assert count((CANDIDATE, 0.9)) == 0
    # Two boxes of one body: the whole, and the part below the face.
    assert count((CANDIDATE, 0.9), (Box(left=230, top=220, width=220, height=260), 0.5)) == 0


@pytest.mark.parametrize(("score", "counted"), [(0.29, 1), (0.27, 0)])
def test_second_person_counts_from_its_threshold(score: float, counted: int) -> None:
    assert count((CANDIDATE, 0.9), (HELPER, score)) == counted
    assert count((HELPER, score)) == counted


@pytest.mark.parametrize(("score", "counted"), [(0.31, 1), (0.29, 0)])
def test_person_alone_counts_from_its_threshold(score: float, counted: int) -> None:
    assert count((CANDIDATE, score), faces=()) == counted


def test_second_person_counts_beside_one_without_a_face() -> None:
    assert count((CANDIDATE, 0.9), (HELPER, 0.5), faces=()) == 2
    assert count((CANDIDATE, 0.9), (Box(left=225, top=90, width=230, height=390), 0.5), faces=()) == 1


def test_small_box_is_nobody_beside_the_candidate() -> None:
    assert count((CANDIDATE, 0.9), (Box(left=500, top=10, width=70, height=80), 0.9)) == 0
    assert count((CANDIDATE, 0.9), (Box(left=500, top=10, width=80, height=80), 0.9)) == 1


def test_person_box_beside_its_face_is_the_face() -> None:
    beside = Box(left=372, top=80, width=200, height=400)

    assert count((beside, 0.9)) == 0


def test_meeting_without_second_persons_counts_one_at_most() -> None:
    rules = DEFAULT_RULES.model_copy(update={"second_person": False})

    assert count((CANDIDATE, 0.9), (HELPER, 0.9), rules=rules) == 0
    assert count((CANDIDATE, 0.9), (HELPER, 0.9), faces=(), rules=rules) == 1
