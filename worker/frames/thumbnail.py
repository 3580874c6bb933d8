"""The thumbnail that invigilators see of each candidate, and measures of picture quality."""

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

JPEG_QUALITY = 60
NOISE_ROWS = 8
"""Every eighth row suffices to tell noise from a picture."""
MIN_CONTRAST = 20
"""Standard deviation in grey levels; a camera's own noise in the dark is less."""


def encode_thumbnail(small: Image.Image) -> bytes:
    """Encode as JPEG."""
    jpeg: bytes = simplejpeg.encode_jpeg(np.asarray(small), JPEG_QUALITY, colorsubsampling="420")
    return jpeg


def brightness_of(small: Image.Image) -> float:
    """Return the mean of all pixels, from 0 (black) to 1 (white)."""
    return round(float(np.asarray(small).mean()) / 255, 3)


def detail_of(small: Image.Image) -> float:
    """Return the mean difference in grey between horizontal neighbours, on the same scale."""
    grey = np.asarray(small.convert("L"), dtype=np.int16)
    return round(float(np.abs(np.diff(grey)).mean()) / 255, 4) if grey.shape[1] > 1 else 0.0


def noise_of(pixels: NDArray[np.uint8]) -> float:
    """Return how weakly horizontal neighbours correlate, from 0 to about 1; 0 if contrast is low."""
    grey = pixels[::NOISE_ROWS].mean(axis=2, dtype=np.float32)
    variance = float(grey.var())
    if grey.shape[1] < 2 or variance < MIN_CONTRAST**2:
        return 0.0
    return round(float(np.square(np.diff(grey)).mean()) / (2 * variance), 3)
