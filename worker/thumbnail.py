"""The small picture that an invigilator sees of each candidate."""

from io import BytesIO

import numpy as np
from PIL import Image

QUALITY = 60


def encode_thumbnail(small: Image.Image) -> bytes:
    """The small picture as a JPEG."""
    jpeg = BytesIO()
    small.save(jpeg, "JPEG", quality=QUALITY)
    return jpeg.getvalue()


def brightness_of(small: Image.Image) -> float:
    """The mean of all pixels, from 0 for black to 1 for white."""
    return round(float(np.asarray(small).mean()) / 255, 3)


def detail_of(small: Image.Image) -> float:
    """The mean step of grey from each pixel to the one on its right, on the same scale."""
    grey = np.asarray(small.convert("L"), dtype=np.int16)
    return round(float(np.abs(np.diff(grey)).mean()) / 255, 4) if grey.shape[1] > 1 else 0.0
