"""The picture that kills the process which looks at it (dev/chaos/fragile.py sees to that)."""

from io import BytesIO
from uuid import uuid4

from PIL import Image

SIZE = (67, 67)
"""Height and width."""


def deadly_picture() -> bytes:
    """Unlike any other to the byte, and of that size."""
    height, width = SIZE
    png = BytesIO()
    Image.new("RGB", (width, height), "red").save(png, "PNG")
    return png.getvalue() + uuid4().bytes
