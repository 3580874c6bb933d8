"""Pictures of any size as the frames that a webcam of one size would send."""

import base64
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

JPEG_QUALITY = 80


def frame(file: Path, size: tuple[int, int]) -> str:
    """The picture as large as it fits into the frame, on black, as base64 of a JPEG."""
    with Image.open(file) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    jpeg = BytesIO()
    fitted = ImageOps.pad(upright, size, Image.Resampling.LANCZOS)
    fitted.save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return base64.b64encode(jpeg.getvalue()).decode()
