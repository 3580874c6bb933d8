"""Frames of a webcam from one still picture: no two are the same."""

import random
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps

SIZE = (640, 480)
MAX_SHIFT = 10
"""In pixels, in each direction."""
BRIGHTNESS = (0.9, 1.1)
JPEG_QUALITY = (70, 90)


def take_frame(picture: Path, rng: random.Random) -> bytes:
    """Return a JPEG of the picture, a little shifted, lighter or darker, and compressed more or less."""
    width, height = SIZE
    left, top = rng.randint(0, 2 * MAX_SHIFT), rng.randint(0, 2 * MAX_SHIFT)
    shifted = _load(picture).crop((left, top, left + width, top + height))
    jpeg = BytesIO()
    lit = ImageEnhance.Brightness(shifted).enhance(rng.uniform(*BRIGHTNESS))
    lit.save(jpeg, "JPEG", quality=rng.randint(*JPEG_QUALITY))
    return jpeg.getvalue()


@cache
def _load(picture: Path) -> Image.Image:
    """Return the picture, larger than a frame by the margins for shifting it."""
    width, height = SIZE
    with Image.open(picture) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    return ImageOps.pad(upright, (width + 2 * MAX_SHIFT, height + 2 * MAX_SHIFT), Image.Resampling.LANCZOS)
