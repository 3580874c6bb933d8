"""The quality of a picture, with hysteresis: a value that hovers around a threshold changes nothing.

No other code decides what is too dark; the pages only show the answer.
"""

from dataclasses import dataclass

from shared.verdicts import Findings, PictureQuality


@dataclass(frozen=True, slots=True)
class _Limit:
    """A quality is entered beyond `enter`, and left only beyond `leave`."""

    enter: float
    leave: float

    def at(self, *, inside: bool) -> float:
        return self.leave if inside else self.enter


UNUSABLE_BRIGHTNESS = _Limit(enter=0.06, leave=0.09)
"""The camera is covered or off, or the room is dark."""
UNUSABLE_DETAIL = _Limit(enter=0.004, leave=0.006)
"""Something is on the lens (mean difference between neighbouring pixels)."""
UNUSABLE_NOISE = _Limit(enter=0.85, leave=0.75)
"""A browser that scrambles its canvas yields at least 0.95, a very grainy picture in dim light 0.7."""
DIM = _Limit(enter=0.2, leave=0.24)
BRIGHT = _Limit(enter=0.92, leave=0.88)


def assess_picture(findings: Findings, previous: PictureQuality) -> PictureQuality:
    """Return the quality, given that of the frame before. A picture that shows somebody is never unusable."""
    shows_somebody = findings.faces or findings.hidden_faces
    if not shows_somebody and _is_unusable(findings, was=previous is PictureQuality.UNUSABLE):
        return PictureQuality.UNUSABLE
    was_dark = previous in {PictureQuality.DIM, PictureQuality.UNUSABLE}
    if findings.brightness < DIM.at(inside=was_dark):
        return PictureQuality.DIM
    if findings.brightness > BRIGHT.at(inside=previous is PictureQuality.BRIGHT):
        return PictureQuality.BRIGHT
    return PictureQuality.GOOD


def _is_unusable(findings: Findings, *, was: bool) -> bool:
    detail, noise = findings.detail, findings.noise
    return (
        findings.brightness < UNUSABLE_BRIGHTNESS.at(inside=was)
        or (detail is not None and detail < UNUSABLE_DETAIL.at(inside=was))
        or (noise is not None and noise > UNUSABLE_NOISE.at(inside=was))
    )
