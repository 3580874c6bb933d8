"""dlib's convolutional detector (max-margin object detection), as used by `face_recognition`."""

import dlib
import face_recognition_models
import numpy as np
from numpy.typing import NDArray

from shared.judging.thresholds import Thresholds
from shared.rules import Rules
from shared.verdicts import Face
from worker.engines.dlib_box import clip_to_picture

UPSAMPLE = 1
THRESHOLDS = Thresholds(face=0.0, confirm=0.0)


class DlibCnn:
    """For dlib on a GPU: a CPU takes seconds per frame. Same as `model="cnn"` in `face_recognition`."""

    name = "dlib-cnn"
    version = f"dlib {dlib.__version__}, mmod_human_face_detector"

    def __init__(self) -> None:
        model = face_recognition_models.cnn_face_detector_model_location()
        self._detector = dlib.cnn_face_detection_model_v1(model)

    def thresholds(self, _: Rules) -> Thresholds:
        """Return dlib's own, which the tutorial uses."""
        return THRESHOLDS

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces; scores are the network's margins."""
        return tuple(
            Face(
                box=clip_to_picture(hit.rect, picture),
                score=round(hit.confidence, 4),
                dlib=round(hit.confidence, 4),
            )
            for hit in self._detector(picture, UPSAMPLE)
            if hit.confidence > THRESHOLDS.face
        )
