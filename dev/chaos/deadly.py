"""A picture that kills the process that judges it, with the engine of dev/chaos/fragile.py."""

from io import BytesIO
from uuid import uuid4

from PIL import Image

SIZE = (67, 67)
"""Height and width."""


def deadly_picture() -> bytes:
    """Return a unique picture of that size."""
    height, width = SIZE
    png = BytesIO()
    Image.new("RGB", (width, height), "red").save(png, "PNG")
    return png.getvalue() + uuid4().bytes
