"""From which scores on a face counts."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.verdicts import Face


@dataclass(frozen=True, slots=True)
class Thresholds:
    """On an engine's own scales: that of a face's score, and that of dlib's."""

    face: float
    confirm: float

    def weigh(self, faces: Iterable[Face]) -> tuple[tuple[Face, ...], tuple[Face, ...]]:
        """Those that count, each confirmed by dlib or not, and those that score too low."""
        weighed = [
            face.model_copy(update={"confirmed": face.dlib is not None and face.dlib >= self.confirm})
            for face in faces
        ]
        counted = tuple(face for face in weighed if face.score >= self.face)
        return counted, tuple(face for face in weighed if face.score < self.face)
