"""dlib's HOG face detector as `face_recognition` uses it: the tutorial's engine."""

from importlib.metadata import version

import dlib
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from shared.judging.thresholds import Thresholds
from shared.rules import Rules
from shared.verdicts import Face
from worker.engines.dlib_box import clip_to_picture

UPSAMPLE = 1
THRESHOLDS = Thresholds(face=0.0, confirm=0.0)


class DlibHog:
    """Histograms of oriented gradients under a sliding window (Dalal & Triggs 2005; King, dlib).

    Finds the same boxes as `face_recognition.face_locations(picture)` with its defaults. That function drops
    the scores, which explain a verdict, so we call its detector directly.
    """

    name = "dlib-hog"
    version = f"face_recognition {version('face_recognition')}, dlib {dlib.__version__}"

    def __init__(self) -> None:
        # Not at the top: the module loads its models on import.
        from face_recognition.api import face_detector  # noqa: PLC0415

        # The import sets this for the whole process: truncated pictures would be accepted, half grey.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        self._detector = face_detector

    def thresholds(self, _: Rules) -> Thresholds:
        """Return dlib's own, which the tutorial uses."""
        return THRESHOLDS

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces, highest score first; scores are distances from the decision hyperplane."""
        boxes, scores, _ = self._detector.run(picture, UPSAMPLE, THRESHOLDS.face)
        return tuple(
            Face(box=clip_to_picture(box, picture), score=round(score, 4), dlib=round(score, 4))
            for box, score in zip(boxes, scores, strict=True)
        )
