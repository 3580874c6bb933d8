"""dlib's HOG detector as a judge of what another one proposes."""

import math

import dlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.engines.yunet import Proposal

SIDE = 120
"""Pixels of the crop: the face in it is a little larger than the 80 pixels the detector was trained on."""
SURROUNDINGS = 4 / 3
"""The crop's side, in sides of the proposed face."""
CENTRAL = 0.45
"""A hit further from the crop's middle than this part of half its side is another face, or none."""


class UprightHog:
    """HOG sees upright faces of at least 80 pixels: so a candidate is cut out, turned and enlarged."""

    def __init__(self, lowest: float) -> None:
        self.name = f"dlib {dlib.__version__}"
        self._lowest = lowest
        self._detector = dlib.get_frontal_face_detector()

    def score(self, picture: NDArray[np.uint8], face: Proposal) -> float | None:
        """The detector's score for a face of an RGB picture; None when it stays below the lowest."""
        crop = dlib.extract_image_chip(picture, _place(face))
        grey = np.asarray(Image.fromarray(crop).convert("L"))
        hits, scores, _ = self._detector.run(grey, 0, self._lowest)
        return max((score for hit, score in zip(hits, scores, strict=True) if _central(hit)), default=None)


def _place(face: Proposal) -> dlib.chip_details:
    middle_x, middle_y = face.left + face.width / 2, face.top + face.height / 2
    half = max(face.width, face.height) * SURROUNDINGS / 2
    square = dlib.drectangle(middle_x - half, middle_y - half, middle_x + half, middle_y + half)
    (left_x, left_y), (right_x, right_y) = face.landmarks[:2].tolist()
    slope = math.atan2(right_y - left_y, right_x - left_x)
    return dlib.chip_details(square, dlib.chip_dims(SIDE, SIDE), slope)


def _central(hit: dlib.rectangle) -> bool:
    middle = hit.dcenter()
    distance: float = max(abs(middle.x - SIDE / 2), abs(middle.y - SIDE / 2))
    return distance < CENTRAL * SIDE / 2
