"""Noise of a browser that scrambles its canvas is told from dark and grainy pictures."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dev.load.candidates import PICTURES
from worker.frames.quality import UNUSABLE_NOISE
from worker.frames.thumbnail import noise_of

RANDOM = np.random.default_rng(1)
STRIPE = RANDOM.integers(0, 256, (1, 8, 3))


def recompress(pixels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Encode as a page does, in JPEG of this quality, and decode."""
    jpeg = BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(jpeg, "JPEG", quality=70)
    return np.asarray(Image.open(jpeg).convert("RGB"))


@pytest.mark.parametrize(
    "pixels",
    [RANDOM.integers(0, 256, (480, 640, 3)), np.tile(STRIPE, (480, 80, 1))],
    ids=["noise", "stripes of a repeated row"],
)
def test_scrambled_canvas_is_noise(pixels: NDArray[np.generic]) -> None:
    assert noise_of(recompress(pixels)) > UNUSABLE_NOISE.enter


@pytest.mark.parametrize(("light", "grain"), [(1, 0), (0.12, 12), (0.3, 25), (0.5, 40)])
def test_dark_or_grainy_picture_is_no_noise(light: float, grain: float) -> None:
    for path in sorted(PICTURES.glob("*.jpg")):
        picture = np.asarray(Image.open(path).convert("RGB"), dtype=np.float32)
        grainy = recompress(picture * light + RANDOM.normal(0, grain, picture.shape))
        assert noise_of(grainy) < UNUSABLE_NOISE.leave, path.name
