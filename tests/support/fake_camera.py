"""Video files for a browser's fake camera."""

from collections.abc import Sequence
from pathlib import Path

from dev.load.candidates import PICTURES

FRAMES_PER_SECOND = 30
"""The rate at which Chromium plays a file of JPEGs."""

ONE = "1-face-obama"
TWO = "2-faces-biden-obama"
NOBODY = "0-faces-empty-room"


def write_video(path: Path, scenes: Sequence[str], seconds: float = 1) -> Path:
    """Write a video that shows each picture for `seconds`; Chromium repeats it."""
    with path.open("wb") as file:
        for scene in scenes:
            file.write((PICTURES / f"{scene}.jpg").read_bytes() * round(seconds * FRAMES_PER_SECOND))
    return path
