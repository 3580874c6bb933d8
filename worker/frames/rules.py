"""The rules: from what was seen to what is concluded."""

from collections.abc import Sequence

from shared.rules import Rules
from shared.sightings import Sight
from shared.verdicts import Face, Findings, FlagKind, Verdict
from shared.watch import Seen
from worker.watch import ALONE, Neighbours

DARK = 0.06
"""A picture with less brightness than this shows a covered or switched-off camera, or a dark room."""
BLANK = 0.004
"""A picture with less detail than this, a step of grey from pixel to pixel, shows something on the lens."""

NOISE = 0.85
"""Noise of a browser that scrambles its canvas has 0.95 and more, a very grainy picture in half light 0.7."""


def seen_in(faces: Sequence[Face], faces_allowed: int) -> Seen:
    """What the faces that count show by themselves."""
    if sum(face.confirmed for face in faces) > faces_allowed:
        return Seen.CONFIRMED
    if len(faces) > faces_allowed:
        return Seen.SUSPECTED
    return Seen.ALLOWED if faces else Seen.NOBODY


def judge(findings: Findings, rules: Rules, neighbours: Neighbours = ALONE) -> Verdict:
    """A flag for too many faces, confirmed by dlib or suspected again, and for an absence that lasts."""
    seen = seen_in(findings.faces, rules.faces_allowed)
    return Verdict(
        faces=len(findings.faces), suspected=seen is Seen.SUSPECTED, flag=_flag(seen, findings, neighbours)
    )


def _flag(seen: Seen, findings: Findings, neighbours: Neighbours) -> FlagKind | None:
    if seen is Seen.CONFIRMED or (seen is Seen.SUSPECTED and neighbours.doubt_holds):
        return FlagKind.MULTIPLE_FACES
    if seen is Seen.NOBODY and neighbours.absence_lasts:
        return FlagKind.TECHNICAL if neighbours.frozen or shows_nothing(findings) else FlagKind.NO_FACE
    return None


def shows_nothing(findings: Findings) -> bool:
    """Whether the picture is too dark, too blank or too noisy for anybody to be seen in it."""
    is_blank = findings.detail is not None and findings.detail < BLANK
    is_noise = findings.noise is not None and findings.noise > NOISE
    return findings.brightness < DARK or is_blank or is_noise


def sight_of(findings: Findings, verdict: Verdict, rules: Rules) -> Sight:
    """What the frame tells about the person: only as many faces as may be, and lit, verify anybody."""
    if verdict.flag:
        return Sight.FLAGGED
    if findings.brightness < DARK:
        return Sight.DARK
    return Sight.VERIFIED if 1 <= verdict.faces <= rules.faces_allowed else Sight.NOBODY
