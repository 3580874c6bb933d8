"""The small picture that an invigilator sees of each candidate."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONGEST_SIDE = 160
QUALITY = 60


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A JPEG of at most 160 pixels a side, and the mean brightness of the picture, 0 to 1."""

    jpeg: bytes
    brightness: float


def make_thumbnail(picture: NDArray[np.uint8]) -> Thumbnail:
    """From an RGB picture (height x width x 3, uint8)."""
    height, width, _ = picture.shape
    # Means over whole blocks of pixels: the cheapest way to shrink, and good enough for a glance.
    small = Image.fromarray(picture).reduce(max(1, -(-max(height, width) // LONGEST_SIDE)))
    jpeg = BytesIO()
    small.save(jpeg, "JPEG", quality=QUALITY)
    return Thumbnail(jpeg.getvalue(), round(float(np.asarray(small).mean()) / 255, 3))
