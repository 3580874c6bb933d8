"""The rules: from what was seen to what is concluded."""

from shared.sightings import Sight
from shared.verdicts import Findings, FlagKind, Verdict

FACES_ALLOWED = 1

DARK = 0.06
"""A picture with less brightness than this shows a covered or switched-off camera, or a dark room."""


def judge(findings: Findings) -> Verdict:
    """`multiple_faces` when more than one face is seen; a picture without a face is no offence here."""
    faces = len(findings.faces)
    return Verdict(faces=faces, flag=FlagKind.MULTIPLE_FACES if faces > FACES_ALLOWED else None)


def sight_of(findings: Findings, verdict: Verdict) -> Sight:
    """What the frame tells about the person: only exactly one face in a lit picture verifies anybody."""
    if verdict.flag:
        return Sight.FLAGGED
    if findings.brightness < DARK:
        return Sight.DARK
    return Sight.VERIFIED if verdict.faces == 1 else Sight.NOBODY
