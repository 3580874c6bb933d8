"""The rules that turn findings into a verdict."""

import pytest

from shared.presence.last_seen import FrameState
from shared.presence.observations import Context
from shared.rules import RuleOverrides
from tests.support.samples import DEFAULT_RULES, make_findings
from worker.frames.rules import frame_state, judge


@pytest.mark.parametrize(
    ("faces", "name"), [(0, "ok"), (1, "ok"), (2, "multiple_faces"), (30, "multiple_faces")]
)
def test_more_than_one_face_is_a_flag(faces: int, name: str) -> None:
    verdict = judge(make_findings(faces), DEFAULT_RULES)

    assert (verdict.name, verdict.faces) == (name, faces)


def test_unconfirmed_faces_are_suspected_until_seen_again() -> None:
    suspected = make_findings(2)
    suspected = suspected.model_copy(
        update={"faces": tuple(face.model_copy(update={"confirmed": False}) for face in suspected.faces)}
    )

    assert (judge(suspected, DEFAULT_RULES).name, judge(suspected, DEFAULT_RULES).suspected) == ("ok", True)
    assert judge(suspected, DEFAULT_RULES, Context(suspicion_holds=True)).name == "multiple_faces"
    assert judge(make_findings(1), DEFAULT_RULES, Context(suspicion_holds=True)).name == "ok"


@pytest.mark.parametrize(
    ("measures", "frozen", "name"),
    [
        ({}, False, "no_face"),
        ({"brightness": 0.01}, False, "technical"),
        ({"detail": 0.001}, False, "technical"),
        ({"detail": 0.05}, False, "no_face"),
        ({"noise": 0.97}, False, "technical"),
        ({"noise": 0.6}, False, "no_face"),
        ({}, True, "technical"),
    ],
)
def test_absence_is_technical_when_the_camera_shows_nothing(
    measures: dict[str, float], frozen: bool, name: str
) -> None:
    empty = make_findings(0).model_copy(update=measures)

    assert judge(empty, DEFAULT_RULES).name == "ok"
    assert judge(empty, DEFAULT_RULES, Context(absence_lasts=True, frozen=frozen)).name == name


def test_allowed_second_person_is_not_flagged() -> None:
    with_scribe = RuleOverrides(faces_allowed=2).merged_with(DEFAULT_RULES)

    for faces, state in [
        (0, FrameState.NOBODY),
        (1, FrameState.VERIFIED),
        (2, FrameState.VERIFIED),
        (3, FrameState.FLAGGED),
    ]:
        seen = make_findings(faces)
        assert frame_state(seen, judge(seen, with_scribe), with_scribe) is state
