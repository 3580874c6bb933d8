"""What other rules would have made of a flag, as far as its findings tell."""

from typing import Any

import pytest

from shared.judging.rescoring import Rescored, rescore_flag
from shared.verdicts import Box, Face, Findings, FlagKind
from tests.support.samples import DEFAULT_RULES, make_findings

STAYS, DROPPED, DEPENDS = Rescored.STAYS, Rescored.DROPPED, Rescored.DEPENDS


def findings(*dlib: float, engine: str = "dlib-guided", hidden: bool = False) -> Findings:
    """Return findings under the default rules: faces with these scores of dlib, and one of the network."""
    box = Box(left=0, top=0, width=100, height=100)
    faces = tuple(Face(box=box, score=0.8, dlib=score, mouth_angle=40) for score in dlib)
    persons = [{"box": box, "score": 0.99, "without_face": True}] if hidden else None
    changes = {"engine": engine, "thresholds": dict(DEFAULT_RULES), "faces": faces, "persons": persons}
    return Findings.model_validate(make_findings().model_dump() | changes)


@pytest.mark.parametrize(
    ("changes", "rescored"),
    [
        ({}, STAYS),
        ({"suspicion_frames": 3}, STAYS),
        ({"faces_allowed": 2}, DROPPED),
        ({"face_threshold": 0.9}, DROPPED),
        # Only suspected now: it depends on the frames around it.
        ({"confirm_threshold": 2.0}, DEPENDS),
        ({"confirm_threshold": 2.0, "suspicion_frames": 1}, STAYS),
    ],
)
def test_flag_of_confirmed_faces(changes: dict[str, Any], rescored: Rescored) -> None:
    two = findings(1.0, 1.0)

    assert rescore_flag(FlagKind.MULTIPLE_FACES, two, changes, DEFAULT_RULES) is rescored


@pytest.mark.parametrize(
    ("changes", "rescored"),
    [({}, STAYS), ({"suspicion_frames": 1}, STAYS), ({"suspicion_frames": 3}, DEPENDS)],
)
def test_flag_of_a_suspicion(changes: dict[str, Any], rescored: Rescored) -> None:
    suspected = findings(1.0, -0.9)

    assert rescore_flag(FlagKind.MULTIPLE_FACES, suspected, changes, DEFAULT_RULES) is rescored


@pytest.mark.parametrize("kind", [FlagKind.NO_FACE, FlagKind.TECHNICAL])
@pytest.mark.parametrize(
    ("seconds", "rescored"),
    [(1, STAYS), (DEFAULT_RULES.no_face_seconds, STAYS), (600, DEPENDS)],
)
def test_flag_of_an_absence(kind: FlagKind, seconds: float, rescored: Rescored) -> None:
    assert rescore_flag(kind, findings(), {"no_face_seconds": seconds}, DEFAULT_RULES) is rescored


@pytest.mark.parametrize(("seconds", "rescored"), [(0, DROPPED), (30, STAYS), (90, DEPENDS)])
def test_flag_of_a_hidden_face(seconds: float, rescored: Rescored) -> None:
    hidden = findings(hidden=True)
    hidden = hidden.model_copy(update={"thresholds": hidden.thresholds | {"face_hidden_seconds": 60}})
    changes = {"face_hidden_seconds": seconds}

    assert rescore_flag(FlagKind.FACE_HIDDEN, hidden, changes, DEFAULT_RULES) is rescored


def test_other_engines_keep_their_own_thresholds() -> None:
    two = findings(1.0, 1.0, engine="dlib-hog")
    changes = {"face_threshold": 0.9, "confirm_threshold": 2.0}

    assert rescore_flag(FlagKind.MULTIPLE_FACES, two, changes, DEFAULT_RULES) is STAYS


def test_flag_without_stored_rules_is_judged_by_the_defaults() -> None:
    old = findings(1.0, 1.0).model_copy(update={"thresholds": {}})

    assert rescore_flag(FlagKind.MULTIPLE_FACES, old, {"faces_allowed": 2}, DEFAULT_RULES) is DROPPED
