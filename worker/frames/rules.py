"""The rules: from findings to a verdict."""

from shared.presence.last_seen import FrameState
from shared.presence.observations import NO_CONTEXT, Context, ObservationState, observation_state
from shared.rules import Rules
from shared.verdicts import Findings, FlagKind, PictureQuality, Verdict
from worker.frames.quality import assess_picture


def judge(
    findings: Findings,
    rules: Rules,
    context: Context = NO_CONTEXT,
    previous: PictureQuality = PictureQuality.GOOD,
) -> Verdict:
    """Flag more people than allowed, confirmed by dlib or suspected again, and an absence that lasts.

    `previous` is the quality of the picture before.
    """
    state = observation_state(findings, rules.faces_allowed)
    picture = PictureQuality.UNUSABLE if context.frozen else assess_picture(findings, previous)
    return Verdict(
        faces=len(findings.faces),
        suspected=state is ObservationState.SUSPECTED,
        face_hidden=not findings.faces and findings.hidden_faces > 0,
        flag=_flag(state, picture, context),
        picture=picture,
    )


def _flag(state: ObservationState, picture: PictureQuality, context: Context) -> FlagKind | None:
    match state:
        case ObservationState.CONFIRMED:
            return FlagKind.MULTIPLE_FACES
        case ObservationState.SUSPECTED if context.suspicion_holds:
            return FlagKind.MULTIPLE_FACES
        case ObservationState.NOBODY if context.absence_lasts:
            return FlagKind.TECHNICAL if picture is PictureQuality.UNUSABLE else FlagKind.NO_FACE
        case ObservationState.FACE_HIDDEN if context.face_stays_hidden:
            return FlagKind.FACE_HIDDEN
    return None


def frame_state(verdict: Verdict, rules: Rules) -> FrameState:
    """Return what the frame says of the person: only one to `faces_allowed` faces verify.

    A `technical` flag does not change the state: the picture is unusable before it, at it and after it.
    """
    if verdict.picture is PictureQuality.UNUSABLE:
        return FrameState.DARK
    if verdict.flag:
        return FrameState.FLAGGED
    if verdict.face_hidden:
        return FrameState.FACE_HIDDEN
    return FrameState.VERIFIED if 1 <= verdict.faces <= rules.faces_allowed else FrameState.NOBODY
