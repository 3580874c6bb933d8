"""The minimum scores of faces."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.verdicts import Face


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Minimum scores of a face and of dlib's confirmation, on the engine's scales."""

    face: float
    confirm: float

    def apply(self, faces: Iterable[Face]) -> tuple[tuple[Face, ...], tuple[Face, ...]]:
        """Return the faces that count, and those that score too low, all with `confirmed` set."""
        marked = [
            face.model_copy(update={"confirmed": face.dlib is not None and face.dlib >= self.confirm})
            for face in faces
        ]
        counted = tuple(face for face in marked if face.score >= self.face)
        return counted, tuple(face for face in marked if face.score < self.face)
