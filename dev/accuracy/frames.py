"""Frames of one size, as a webcam sends them, from pictures of any size."""

import base64
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

JPEG_QUALITY = 80


def frame(file: Path, size: tuple[int, int]) -> str:
    """Scale the picture to fit into the frame, on black; return base64 of a JPEG."""
    with Image.open(file) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    jpeg = BytesIO()
    fitted = ImageOps.pad(upright, size, Image.Resampling.LANCZOS)
    fitted.save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return base64.b64encode(jpeg.getvalue()).decode()
