"""The scores from which a face counts."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.verdicts import Face


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Minimum scores, each on an engine's own scale: of a face, and of dlib's confirmation."""

    face: float
    confirm: float

    def apply(self, faces: Iterable[Face]) -> tuple[tuple[Face, ...], tuple[Face, ...]]:
        """Return the faces that count, marked as confirmed by dlib or not, and those that score too low."""
        weighed = [
            face.model_copy(update={"confirmed": face.dlib is not None and face.dlib >= self.confirm})
            for face in faces
        ]
        counted = tuple(face for face in weighed if face.score >= self.face)
        return counted, tuple(face for face in weighed if face.score < self.face)
