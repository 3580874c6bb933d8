"""Pictures with which the engine of dev/chaos/fragile.py does something special."""

from io import BytesIO
from uuid import uuid4

from PIL import Image

DEADLY = (67, 67)
"""Height and width of a picture that kills the process that judges it."""
HELD = (67, 71)
"""Those of a picture that is judged only while the file `HOLD_FILE` does not exist."""
HOLD_FILE = "CHAOS_HOLD_FILE"
"""The environment variable with the path of the file."""


def special_picture(size: tuple[int, int]) -> bytes:
    """Return a unique picture of that height and width."""
    height, width = size
    png = BytesIO()
    Image.new("RGB", (width, height), "red").save(png, "PNG")
    return png.getvalue() + uuid4().bytes
