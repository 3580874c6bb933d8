"""The minimum scores of faces."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.verdicts import Face


@dataclass(frozen=True, slots=True)
class SureFace:
    """When dlib's score may be lower: the network is sure of the face, and its mouth is straight."""

    score: float
    max_mouth_angle: float
    """In degrees, between the line of the mouth and that of the eyes. That of a print is often askew."""
    allowance: float
    """How much lower dlib's score may be."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Minimum scores of a face and of dlib's confirmation, on the engine's scales."""

    face: float
    confirm: float
    sure_face: SureFace | None = None

    def apply(self, faces: Iterable[Face]) -> tuple[tuple[Face, ...], tuple[Face, ...]]:
        """Return the faces that count, and those that score too low, all with `confirmed` set."""
        marked = [face.model_copy(update={"confirmed": self._confirms(face)}) for face in faces]
        counted = tuple(face for face in marked if face.score >= self.face)
        return counted, tuple(face for face in marked if face.score < self.face)

    def _confirms(self, face: Face) -> bool:
        if face.dlib is None:
            return False
        sure = self.sure_face
        is_sure = (
            sure is not None
            and face.score >= sure.score
            and face.mouth_angle is not None
            and face.mouth_angle <= sure.max_mouth_angle
        )
        return face.dlib >= self.confirm - (sure.allowance if sure and is_sure else 0.0)


def mouth_angle(landmarks: Sequence[Sequence[float]]) -> float:
    """Return the degrees between the mouth and the eyes; landmarks in whole pixels put it off by up to 5."""
    left_eye, right_eye, _, left_corner, right_corner = landmarks
    difference = _slope(left_corner, right_corner) - _slope(left_eye, right_eye)
    return abs((difference + 180) % 360 - 180)


def _slope(left: Sequence[float], right: Sequence[float]) -> float:
    return math.degrees(math.atan2(right[1] - left[1], right[0] - left[0]))
