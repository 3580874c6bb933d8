"""A picture of a person, and where the face, the head and the body are in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from shared.verdicts import Box, Face
from worker.engines.engine import Engine

SIZE = (640, 480)
MIN_FACE = 48
"""In pixels: scenes can't be drawn into smaller faces."""

Corner = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A frame of 640x480, and one face in it."""

    image: Image.Image
    face: Face

    @property
    def box(self) -> Box:
        """Return the face's box."""
        return self.face.box

    @property
    def chin(self) -> int:
        """Return the row of the chin."""
        return self.box.top + self.box.height

    @property
    def centre(self) -> tuple[float, float]:
        """Return the middle of the face, relative to the frame."""
        width, height = self.image.size
        return (self.box.left + self.box.width / 2) / width, (self.box.top + self.box.height / 2) / height

    def head_mask(self, *, blur: float) -> Image.Image:
        """Return white where the head with its hair is."""
        mask, box = Image.new("L", self.image.size), self.box
        ImageDraw.Draw(mask).ellipse(
            (
                box.left - 0.2 * box.width,
                box.top - 0.3 * box.height,
                box.left + 1.2 * box.width,
                box.top + 1.1 * box.height,
            ),
            "white",
        )
        return mask.filter(ImageFilter.GaussianBlur(blur))

    def person_mask(self, *, blur: float) -> Image.Image:
        """Return white where head and shoulders are, roughly."""
        mask, box = self.head_mask(blur=0), self.box
        middle, chin, bottom = box.left + box.width / 2, self.chin, self.image.height
        ImageDraw.Draw(mask).polygon(
            [
                (middle - 0.4 * box.width, chin - 0.2 * box.height),
                (middle + 0.4 * box.width, chin - 0.2 * box.height),
                (middle + 1.4 * box.width, chin + 0.7 * box.height),
                (middle + 1.8 * box.width, bottom),
                (middle - 1.8 * box.width, bottom),
                (middle - 1.4 * box.width, chin + 0.7 * box.height),
            ],
            "white",
        )
        return mask.filter(ImageFilter.GaussianBlur(blur))

    def crop_around_face(self, scale: float, ratio: float = 1.0) -> Image.Image:
        """Return a crop `scale` times as high as the face, `ratio` times as wide as high, in the picture."""
        box, height = self.box, min(scale * self.box.height, self.image.height)
        width = min(ratio * height, self.image.width)
        left = min(max(box.left + box.width / 2 - width / 2, 0), self.image.width - width)
        top = min(max(box.top + box.height / 2 - height / 2, 0), self.image.height - height)
        return self.image.crop((round(left), round(top), round(left + width), round(top + height)))

    def free_corner(self, size: tuple[int, int], *, bottom: bool = False) -> Corner:
        """Return where a thing of this size hides least of the person."""
        left = self.box.left + self.box.width / 2 > self.image.width / 2
        x = 8 if left else self.image.width - size[0] - 8
        return x, self.image.height - size[1] - 8 if bottom else 8


def read_portraits(files: list[Path], engine: Engine, min_score: float, *, faces: int) -> Iterator[Portrait]:
    """Yield a portrait of each face, from the pictures that show so many, all large enough."""
    for file in files:
        with Image.open(file) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        frame = ImageOps.pad(upright, SIZE, Image.Resampling.LANCZOS)
        found = [face for face in engine.detect(np.asarray(frame)) if face.score >= min_score]
        if len(found) == faces and all(face.landmarks and face.box.height >= MIN_FACE for face in found):
            yield from (Portrait(frame, face) for face in found)
