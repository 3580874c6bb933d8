"""The small picture that an invigilator sees of each candidate."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

QUALITY = 60
NOISE_ROWS = 8
"""Every eighth row is enough to tell noise from a picture."""
LEAST_NOISE = 20
"""In steps of grey: what a camera itself adds in the dark is less."""


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


def noise_of(pixels: NDArray[np.uint8]) -> float:
    """How little each pixel tells of the one on its right, from 0 to about 1; 0 where contrast is low."""
    grey = pixels[::NOISE_ROWS].mean(axis=2, dtype=np.float32)
    variance = float(grey.var())
    if grey.shape[1] < 2 or variance < LEAST_NOISE**2:
        return 0.0
    return round(float(np.square(np.diff(grey)).mean()) / (2 * variance), 3)
