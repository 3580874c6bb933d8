"""What a browser's fake camera shows: pictures one after the other, again and again."""

from collections.abc import Sequence
from pathlib import Path

from dev.load.candidates import PICTURES

FRAMES_PER_SECOND = 30
"""At which Chromium plays a file of JPEGs."""

ONE = "1-face-obama"
TWO = "2-faces-biden-obama"
NOBODY = "0-faces-empty-room"


def film(path: Path, scenes: Sequence[str], seconds: float = 1) -> Path:
    """Writes a film in which each picture is shown for so long; Chromium begins anew at its end."""
    with path.open("wb") as file:
        for scene in scenes:
            file.write((PICTURES / f"{scene}.jpg").read_bytes() * round(seconds * FRAMES_PER_SECOND))
    return path
