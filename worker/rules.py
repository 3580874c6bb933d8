"""The rules: from what was seen to what is concluded."""

from shared.verdicts import Findings, FlagKind, Verdict

FACES_ALLOWED = 1


def judge(findings: Findings) -> Verdict:
    """`multiple_faces` when more than one face is seen; a picture without a face is no offence here."""
    faces = len(findings.faces)
    return Verdict(faces=faces, flag=FlagKind.MULTIPLE_FACES if faces > FACES_ALLOWED else None)
