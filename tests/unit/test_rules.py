"""The rules that turn findings into a verdict."""

import pytest

from shared.presence.last_seen import FrameState
from shared.presence.observations import Context
from shared.rules import RuleOverrides
from shared.verdicts import DetectedPerson, Findings
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
        assert frame_state(judge(seen, with_scribe), with_scribe) is state


def with_persons(faces: int, *without_face: bool) -> Findings:
    """Return findings with these persons; each either counts as one without a visible face or does not."""
    box = {"left": 0, "top": 0, "width": 100, "height": 300}
    persons = [
        DetectedPerson.model_validate({"box": box, "score": 0.5, "without_face": x}) for x in without_face
    ]
    return make_findings(faces).model_copy(update={"persons": tuple(persons)})


def test_person_without_a_visible_face_is_present_not_verified() -> None:
    bent = with_persons(0, True)
    verdict = judge(bent, DEFAULT_RULES, Context(absence_lasts=True))

    assert (verdict.name, verdict.faces, verdict.face_hidden) == ("ok", 0, True)
    assert frame_state(verdict, DEFAULT_RULES) is FrameState.FACE_HIDDEN
    assert judge(with_persons(0, False), DEFAULT_RULES, Context(absence_lasts=True)).name == "no_face"


def test_hidden_face_is_flagged_when_the_meeting_asks() -> None:
    verdict = judge(with_persons(0, True), DEFAULT_RULES, Context(face_stays_hidden=True))

    assert verdict.name == "face_hidden"


@pytest.mark.parametrize(
    "findings", [with_persons(1, True), with_persons(0, True, True)], ids=["face", "none"]
)
def test_second_person_without_a_face_is_never_confirmed(findings: Findings) -> None:
    first, again = (
        judge(findings, DEFAULT_RULES),
        judge(findings, DEFAULT_RULES, Context(suspicion_holds=True)),
    )

    assert (first.name, first.suspected) == ("ok", True)
    assert again.name == "multiple_faces"
    with_scribe = RuleOverrides(faces_allowed=2).merged_with(DEFAULT_RULES)
    assert judge(findings, with_scribe, Context(suspicion_holds=True)).name == "ok"
