"""Conversion of dlib's boxes."""

import dlib
import numpy as np
from numpy.typing import NDArray

from shared.verdicts import Box


def clip_to_picture(box: dlib.rectangle, picture: NDArray[np.uint8]) -> Box:
    """Return the part of the box inside the picture, clipped as in `face_recognition`."""
    height, width, _ = picture.shape
    left, top = max(box.left(), 0), max(box.top(), 0)
    return Box(
        left=left, top=top, width=min(box.right(), width) - left, height=min(box.bottom(), height) - top
    )
