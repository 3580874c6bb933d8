"""The rules: from findings to a verdict."""

from shared.presence.last_seen import FrameState
from shared.presence.observations import NO_CONTEXT, Context, ObservationState
from shared.rules import Rules
from shared.verdicts import Findings, FlagKind, Verdict

MIN_BRIGHTNESS = 0.06
"""Below this brightness the camera is covered or off, or the room is dark."""
MIN_DETAIL = 0.004
"""Below this detail (mean difference between neighbouring pixels) something is on the lens."""

MAX_NOISE = 0.85
"""A browser that scrambles its canvas yields at least 0.95, a very grainy picture in dim light 0.7."""


def observation_state(findings: Findings, faces_allowed: int) -> ObservationState:
    """Return what faces and persons show, without any context."""
    faces = len(findings.faces)
    without_face = sum(person.without_face for person in findings.persons or ())
    if sum(face.confirmed for face in findings.faces) > faces_allowed:
        return ObservationState.CONFIRMED
    if faces + without_face > faces_allowed:
        return ObservationState.SUSPECTED
    if faces:
        return ObservationState.ALLOWED
    return ObservationState.FACE_HIDDEN if without_face else ObservationState.NOBODY


def judge(findings: Findings, rules: Rules, context: Context = NO_CONTEXT) -> Verdict:
    """Flag more people than allowed, confirmed by dlib or suspected again, and an absence that lasts."""
    state = observation_state(findings, rules.faces_allowed)
    return Verdict(
        faces=len(findings.faces),
        suspected=state is ObservationState.SUSPECTED,
        face_hidden=not findings.faces and any(person.without_face for person in findings.persons or ()),
        flag=_flag(state, findings, context),
    )


def _flag(state: ObservationState, findings: Findings, context: Context) -> FlagKind | None:
    match state:
        case ObservationState.CONFIRMED:
            return FlagKind.MULTIPLE_FACES
        case ObservationState.SUSPECTED if context.suspicion_holds:
            return FlagKind.MULTIPLE_FACES
        case ObservationState.NOBODY if context.absence_lasts:
            return FlagKind.TECHNICAL if context.frozen or shows_nothing(findings) else FlagKind.NO_FACE
        case ObservationState.FACE_HIDDEN if context.face_stays_hidden:
            return FlagKind.FACE_HIDDEN
    return None


def shows_nothing(findings: Findings) -> bool:
    """Whether the picture is too dark, blank or noisy to show anybody."""
    is_blank = findings.detail is not None and findings.detail < MIN_DETAIL
    is_noise = findings.noise is not None and findings.noise > MAX_NOISE
    return findings.brightness < MIN_BRIGHTNESS or is_blank or is_noise


def frame_state(findings: Findings, verdict: Verdict, rules: Rules) -> FrameState:
    """Return what the frame says of the person: only one to `faces_allowed` faces, in light, verify."""
    if verdict.flag:
        return FrameState.FLAGGED
    if findings.brightness < MIN_BRIGHTNESS:
        return FrameState.DARK
    if verdict.face_hidden:
        return FrameState.FACE_HIDDEN
    return FrameState.VERIFIED if 1 <= verdict.faces <= rules.faces_allowed else FrameState.NOBODY
