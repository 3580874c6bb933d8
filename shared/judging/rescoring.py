"""What other rules would have concluded about a flag, from its stored findings.

Frames without a flag are not stored, so other rules can only be seen to drop flags, never to add some.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shared.judging.persons import mark_without_face
from shared.judging.thresholds import SureFace, Thresholds, mouth_angle
from shared.presence.observations import ObservationState, observation_state
from shared.rules import Rules
from shared.verdicts import Face, Findings, FlagKind

BEFORE = {"sure_face_threshold": 0.7, "sure_face_allowance": 0.0, "max_mouth_angle": 14.0}
"""For flags of the release that had no such rules: without an allowance they have no effect."""

SCALED_ENGINE = "dlib-guided"
SCALED_RULES = {"face_threshold", "confirm_threshold"}
"""On the scale of this engine; others have thresholds of their own."""

_SHOWN = {
    FlagKind.MULTIPLE_FACES: {ObservationState.CONFIRMED, ObservationState.SUSPECTED},
    FlagKind.NO_FACE: {ObservationState.NOBODY},
    FlagKind.TECHNICAL: {ObservationState.NOBODY},
    FlagKind.FACE_HIDDEN: {ObservationState.FACE_HIDDEN},
}
_WAITS = {
    FlagKind.NO_FACE: "no_face_seconds",
    FlagKind.TECHNICAL: "no_face_seconds",
    FlagKind.FACE_HIDDEN: "face_hidden_seconds",
}
"""The rule that says how long an absence lasts before it is flagged."""


class Rescored(StrEnum):
    """Whether a flag would exist under other rules."""

    STAYS = "stays"
    DROPPED = "dropped"
    DEPENDS = "depends"
    """On the frames around it, of which nothing is stored."""


def rescore_flag(kind: FlagKind, findings: Findings, changes: Mapping[str, Any], defaults: Rules) -> Rescored:
    """Return what becomes of a flag; a rule that is not in `changes` is as it was for this frame.

    `defaults` are for rules that did not exist when it was recorded.
    """
    before, after = _rules(findings, {}, defaults), _rules(findings, changes, defaults)
    state = _state(findings, after)
    if state is ObservationState.CONFIRMED and kind is FlagKind.MULTIPLE_FACES:
        return Rescored.STAYS
    if state not in _SHOWN[kind]:
        # The frame no longer shows it. An absence may still be flagged at another of its frames.
        return Rescored.DROPPED if kind is FlagKind.MULTIPLE_FACES else Rescored.DEPENDS
    if kind is FlagKind.MULTIPLE_FACES:
        return _rescore_suspicion(findings, before, after)
    return _rescore_absence(getattr(before, _WAITS[kind]), getattr(after, _WAITS[kind]))


def _rescore_suspicion(findings: Findings, before: Rules, after: Rules) -> Rescored:
    if after.suspicion_frames == 1:
        return Rescored.STAYS
    same = dict(before) | {"suspicion_frames": after.suspicion_frames} == dict(after)
    was_suspected = _state(findings, before) is ObservationState.SUSPECTED
    holds = same and was_suspected and after.suspicion_frames <= before.suspicion_frames
    return Rescored.STAYS if holds else Rescored.DEPENDS


def _rescore_absence(before: float, after: float) -> Rescored:
    if after == 0:  # never, as only face_hidden_seconds may say
        return Rescored.DROPPED
    return Rescored.STAYS if after <= before else Rescored.DEPENDS


def rescore_state(findings: Findings, changes: Mapping[str, Any], defaults: Rules) -> ObservationState:
    """Return what the frame shows under the changed rules."""
    return _state(findings, _rules(findings, changes, defaults))


def _state(findings: Findings, rules: Rules) -> ObservationState:
    sure_face = SureFace(rules.sure_face_threshold, rules.max_mouth_angle, rules.sure_face_allowance)
    thresholds = Thresholds(rules.face_threshold, rules.confirm_threshold, sure_face)
    faces, _ = thresholds.apply(map(_with_mouth_angle, (*findings.faces, *findings.overlooked)))
    persons = mark_without_face(findings.persons or (), faces, findings.width * findings.height, rules)
    again = findings.model_copy(update={"faces": faces, "persons": persons})
    return observation_state(again, int(rules.faces_allowed))


def _rules(findings: Findings, changes: Mapping[str, Any], defaults: Rules) -> Rules:
    if findings.engine != SCALED_ENGINE:
        changes = {rule: value for rule, value in changes.items() if rule not in SCALED_RULES}
    numbers: dict[str, Any] = {**dict(defaults), **BEFORE, **findings.thresholds, **changes}
    return Rules.model_construct(**numbers)


def _with_mouth_angle(face: Face) -> Face:
    """Add the angle to a face of an earlier release, from its rounded landmarks."""
    if face.mouth_angle is not None or not face.landmarks:
        return face
    return face.model_copy(update={"mouth_angle": mouth_angle(face.landmarks)})
