"""dlib's HOG detector as a check of another detector's proposals."""

import math

import dlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.engines.yunet import Proposal

SIDE = 120
"""Side of the crop in pixels; its face is a little larger than the 80 pixels of the training data."""
CROP_SCALE = 4 / 3
"""The crop's side, relative to the proposed face."""
MAX_OFFSET = 0.45
"""A hit further from the centre, relative to half the crop's side, is not the proposed face."""


class UprightHog:
    """HOG finds upright faces of at least 80 pixels, so each proposal is cropped, rotated and scaled."""

    def __init__(self, min_score: float) -> None:
        self.name = f"dlib {dlib.__version__}"
        self._min_score = min_score
        self._detector = dlib.get_frontal_face_detector()

    def score(self, picture: NDArray[np.uint8], face: Proposal) -> float | None:
        """Return the detector's score for a face in an RGB picture; None if it is below `min_score`."""
        crop = dlib.extract_image_chip(picture, _crop_details(face))
        grey = np.asarray(Image.fromarray(crop).convert("L"))
        hits, scores, _ = self._detector.run(grey, 0, self._min_score)
        return max((score for hit, score in zip(hits, scores, strict=True) if _is_central(hit)), default=None)


def _crop_details(face: Proposal) -> dlib.chip_details:
    middle_x, middle_y = face.left + face.width / 2, face.top + face.height / 2
    half = max(face.width, face.height) * CROP_SCALE / 2
    square = dlib.drectangle(middle_x - half, middle_y - half, middle_x + half, middle_y + half)
    (left_x, left_y), (right_x, right_y) = face.landmarks[:2].tolist()
    slope = math.atan2(right_y - left_y, right_x - left_x)
    return dlib.chip_details(square, dlib.chip_dims(SIDE, SIDE), slope)


def _is_central(hit: dlib.rectangle) -> bool:
    middle = hit.dcenter()
    distance: float = max(abs(middle.x - SIDE / 2), abs(middle.y - SIDE / 2))
    return distance < MAX_OFFSET * SIDE / 2
