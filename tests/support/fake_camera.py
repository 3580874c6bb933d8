"""Video files for a browser's fake camera."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageEnhance

from dev.load.candidates import PICTURES

FRAMES_PER_SECOND = 5
"""Each frame is drawn on the page, by the processor: more would only cost time."""

ONE = "1-face-obama"
TWO = "2-faces-biden-obama"
NOBODY = "0-faces-empty-room"
DIM = f"{ONE} at 0.3"
"""Scene in that share of the light."""
COVERED = f"{ONE} at 0.01"


def write_video(path: Path, scenes: Sequence[str], seconds: float = 1) -> Path:
    """Write a YUV4MPEG2 video that shows each picture for `seconds`; Chromium repeats it."""
    with path.open("wb") as file:
        for number, scene in enumerate(scenes):
            picture = _open(scene)
            if number == 0:
                width, height = picture.size
                file.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_PER_SECOND}:1 C420jpeg\n".encode())
            file.write((b"FRAME\n" + _yuv(picture)) * round(seconds * FRAMES_PER_SECOND))
    return path


def _open(scene: str) -> Image.Image:
    name, _, light = scene.partition(" at ")
    with Image.open(PICTURES / f"{name}.jpg") as picture:
        return ImageEnhance.Brightness(picture).enhance(float(light or 1))


def _yuv(picture: Image.Image) -> bytes:
    """Return a frame: brightness, then both colours at half the size, in the range that video uses."""
    half = (picture.width // 2, picture.height // 2)
    y, cb, cr = picture.convert("YCbCr").split()
    y = y.point([16 + value * 219 // 255 for value in range(256)])
    colours = [
        plane.resize(half).point([128 + (value - 128) * 224 // 255 for value in range(256)])
        for plane in (cb, cr)
    ]
    return b"".join(plane.tobytes() for plane in (y, *colours))
