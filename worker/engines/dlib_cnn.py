"""dlib's convolutional detector (max-margin object detection), as `face_recognition` offers it."""

import dlib
import face_recognition_models
import numpy as np
from numpy.typing import NDArray

from shared.verdicts import Face
from worker.engines.dlib_box import inside

UPSAMPLE = 1
THRESHOLD = 0.0


class DlibCnn:
    """For machines with dlib on a GPU: on a processor a frame takes seconds. Same call as `model="cnn"`."""

    name = "dlib-cnn"
    version = f"dlib {dlib.__version__}, mmod_human_face_detector"

    def __init__(self) -> None:
        self.thresholds = {"score": THRESHOLD, "upsample": float(UPSAMPLE)}
        model = face_recognition_models.cnn_face_detector_model_location()
        self._detector = dlib.cnn_face_detection_model_v1(model)

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """The faces; scores are the network's margins."""
        return tuple(
            Face(box=inside(hit.rect, picture), score=round(hit.confidence, 4), confirmed=True)
            for hit in self._detector(picture, UPSAMPLE)
            if hit.confidence > THRESHOLD
        )
