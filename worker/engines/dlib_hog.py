"""dlib's HOG face detector as `face_recognition` uses it: the tutorial's engine."""

from importlib.metadata import version

import dlib
import numpy as np
from face_recognition.api import face_detector
from numpy.typing import NDArray
from PIL import ImageFile

from shared.rules import Rules
from shared.verdicts import Face
from worker.engines.dlib_box import inside
from worker.thresholds import Thresholds

# face_recognition sets this for the whole process: half a picture would pass, its other half grey and empty.
ImageFile.LOAD_TRUNCATED_IMAGES = False

UPSAMPLE = 1
THRESHOLDS = Thresholds(face=0.0, confirm=0.0)


class DlibHog:
    """Histograms of oriented gradients under a sliding window (Dalal & Triggs 2005; King, dlib).

    Finds the same boxes as `face_recognition.face_locations(picture)` with its defaults, which drops
    the scores that a verdict has to be explained with; so the detector is asked directly.
    """

    name = "dlib-hog"
    version = f"face_recognition {version('face_recognition')}, dlib {dlib.__version__}"

    def thresholds(self, _: Rules) -> Thresholds:
        """The tutorial's, which are dlib's."""
        return THRESHOLDS

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """The faces, highest score first; scores are distances from the detector's decision plane."""
        boxes, scores, _ = face_detector.run(picture, UPSAMPLE, THRESHOLDS.face)
        return tuple(
            Face(box=inside(box, picture), score=round(score, 4), dlib=round(score, 4))
            for box, score in zip(boxes, scores, strict=True)
        )
