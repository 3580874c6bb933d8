"""Decoding: every supported picture becomes upright RGB; anything else is refused with a reason."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from tests.support.malformed_pictures import encode
from worker.frames.picture import PictureError, decode

MAX_PIXELS = 4_000_000
ROOT = Path(__file__).parents[2]
# Four colours and no symmetry: it differs from each of its rotations and mirror images.
CORNERS = Image.new("RGB", (64, 48), "white")
for box, colour in (
    ((0, 0, 32, 16), (220, 30, 30)),
    ((32, 0, 64, 16), (30, 200, 30)),
    ((0, 16, 16, 48), (30, 30, 220)),
    ((48, 32, 64, 48), (20, 20, 20)),
):
    CORNERS.paste(colour, box)
ROTATIONS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
ORIENTATION = 0x0112


def is_like(pixels: NDArray[np.uint8], image: Image.Image) -> bool:
    """Return whether both show the same, up to compression."""
    expected = np.asarray(image.convert("RGB"), dtype=np.int16)
    return pixels.shape == expected.shape and float(np.abs(pixels - expected).mean()) < 4


@pytest.mark.parametrize(
    ("format_name", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_jpeg_png_and_webp_are_decoded(format_name: str, media_type: str) -> None:
    picture = decode(encode(CORNERS, format_name, quality=90), MAX_PIXELS)

    assert picture.content_type == media_type
    assert picture.pixels.dtype == np.uint8
    assert is_like(picture.pixels, CORNERS)


@pytest.mark.parametrize(
    ("format_name", "mode"),
    [
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "1"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("WEBP", "RGBA"),
    ],
)
def test_every_pixel_mode_is_decoded(format_name: str, mode: str) -> None:
    image = CORNERS.convert(mode)

    pixels = decode(encode(image, format_name), MAX_PIXELS).pixels

    assert is_like(pixels, image)


def test_transparent_palette_is_decoded() -> None:
    image = CORNERS.convert("P")
    half_transparent = bytes([255, 128, 0] * 80)

    pixels = decode(encode(image, "PNG", transparency=half_transparent), MAX_PIXELS).pixels

    assert is_like(pixels, image)


def test_16_bit_pixels_keep_their_brightness() -> None:
    grey = CORNERS.convert("L")
    deep = Image.fromarray(np.asarray(grey, dtype=np.uint16) * 257)
    assert deep.mode == "I;16"

    pixels = decode(encode(deep, "PNG"), MAX_PIXELS).pixels

    assert is_like(pixels, grey)


@pytest.mark.parametrize("orientation", ROTATIONS)
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_every_exif_orientation_ends_upright(format_name: str, orientation: int) -> None:
    turn = ROTATIONS[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    rotated = encode(
        CORNERS.transpose(turn) if turn is not None else CORNERS, format_name, exif=exif, quality=90
    )

    pixels = decode(rotated, MAX_PIXELS).pixels

    assert is_like(pixels, CORNERS)


def test_unknown_orientation_is_ignored() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 99

    assert is_like(decode(encode(CORNERS, "JPEG", exif=exif, quality=90), MAX_PIXELS).pixels, CORNERS)


@pytest.mark.parametrize("format_name", ["PNG", "WEBP"])
def test_first_frame_of_an_animation_is_used(format_name: str) -> None:
    others = [ImageOps.mirror(CORNERS), ImageOps.flip(CORNERS)]
    animation = encode(CORNERS, format_name, save_all=True, append_images=others, lossless=True)

    assert is_like(decode(animation, MAX_PIXELS).pixels, CORNERS)


def multi_picture(*others: Image.Image) -> bytes:
    """Return a JPEG as phones write it, followed by another picture such as a preview or a depth map."""
    return encode(CORNERS, "MPO", quality=90, save_all=True, append_images=list(others))


@pytest.mark.parametrize("other", [ImageOps.mirror(CORNERS), CORNERS.resize((16, 12))], ids=["same", "small"])
def test_first_picture_of_a_multi_picture_jpeg_is_used(other: Image.Image) -> None:
    picture = decode(multi_picture(other), MAX_PIXELS)

    assert picture.content_type == "image/jpeg"
    assert is_like(picture.pixels, CORNERS)


def test_broken_picture_list_does_not_break_the_first() -> None:
    whole = multi_picture(CORNERS)
    start = whole.index(b"MPF\0") + 8

    for position in range(start, start + 80):
        broken = whole[:position] + b"\xff\xff" + whole[position + 2 :]
        assert is_like(decode(broken, MAX_PIXELS).pixels, CORNERS), f"byte {position}"


def test_scans_of_a_multi_picture_jpeg_are_limited() -> None:
    parts = encode(CORNERS, "JPEG", progressive=True).split(b"\xff\xda")
    many = b"\xff\xda".join([*parts[:-1], *[parts[-1].removesuffix(b"\xff\xd9")] * 200]) + b"\xff\xd9"
    list_of_pictures = multi_picture(CORNERS)
    start = list_of_pictures.index(b"\xff\xe2")
    length = int.from_bytes(list_of_pictures[start + 2 : start + 4], "big") + 2

    with pytest.raises(PictureError, match="scans"):
        decode(many[:2] + list_of_pictures[start : start + length] + many[2:], MAX_PIXELS)


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (2_000, 2_000)])
def test_extreme_sizes_are_decoded(size: tuple[int, int]) -> None:
    pixels = decode(encode(Image.new("RGB", size, "teal"), "PNG"), MAX_PIXELS).pixels

    assert pixels.shape == (size[1], size[0], 3)


def test_too_many_pixels_are_refused() -> None:
    with pytest.raises(PictureError, match="the picture has 4002000 pixels; at most 4000000 are allowed"):
        decode(encode(Image.new("L", (2_000, 2_001)), "PNG"), MAX_PIXELS)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9])
def test_truncated_picture_is_refused(format_name: str, kept: float) -> None:
    noise = Image.effect_noise((320, 240), 80).convert("RGB")
    whole = encode(noise, format_name)

    with pytest.raises(PictureError, match="can't be decoded"):
        decode(whole[: int(len(whole) * kept)], MAX_PIXELS)


@pytest.mark.parametrize("format_name", ["GIF", "BMP", "TIFF", "ICO", "PPM", "EPS", "PDF"])
def test_other_formats_are_refused(format_name: str) -> None:
    with pytest.raises(PictureError, match="can't be decoded"):
        decode(encode(CORNERS, format_name), MAX_PIXELS)


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"%!PS"]
)
def test_non_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError, match="can't be decoded"):
        decode(data, MAX_PIXELS)


def test_corrupt_picture_is_decoded_or_refused() -> None:
    """The decoder raises nothing else; the damage is the same in each run."""
    random = np.random.default_rng(1)
    for format_name in ("JPEG", "PNG", "WEBP"):
        whole = encode(Image.effect_noise((64, 48), 80).convert("RGB"), format_name)
        for _ in range(200):
            broken = bytearray(whole)
            for position in random.integers(0, len(broken), 3):
                broken[position] = int(random.integers(0, 256))
            try:
                pixels = decode(bytes(broken), MAX_PIXELS).pixels
            except PictureError:
                continue
            assert pixels.shape[2] == 3


MEMORY_OF_A_BOMB = """
import resource, sys
from PIL import Image
from worker.frames.picture import PictureError, decode
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    decode(sys.stdin.buffer.read(), 4_000_000)
except PictureError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_decompression_bomb_costs_no_memory() -> None:
    bomb = encode(Image.new("RGB", (10_000, 5_000)), "PNG", compress_level=9)
    assert len(bomb) < 200_000  # 150 MB when decoded

    # In another process: the peak memory of this one may already be higher.
    done = subprocess.run(
        [sys.executable, "-c", MEMORY_OF_A_BOMB], input=bomb, cwd=ROOT, capture_output=True, check=True
    )

    reason, grown = done.stdout.decode().splitlines()
    unit = 1 if sys.platform == "darwin" else 1_024
    assert reason == "the picture has 50000000 pixels; at most 4000000 are allowed"
    assert int(grown) * unit < 20_000_000


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_pixel_limit_holds_without_warnings_as_errors() -> None:
    """In production Pillow only warns of decompression bombs."""
    bomb = encode(Image.new("1", (10_000, 9_000)), "PNG")

    with pytest.raises(PictureError, match="90000000 pixels"):
        decode(bomb, MAX_PIXELS)
