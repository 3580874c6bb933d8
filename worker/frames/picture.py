"""Decoding: the only place where untrusted bytes become pixels."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

MAX_THUMBNAIL_SIDE = 160
EXIF_ORIENTATION = 0x0112

MAX_SIDE = 20_000
"""In pixels: a picture a million wide and a few high has few pixels, but costs a detector a gigabyte."""
MAX_SCANS = 100
"""A progressive JPEG has about ten. Each scan decodes the whole picture, but may be only a few bytes long."""
START_OF_IMAGE = b"\xff\xd8"
START_OF_SCAN = b"\xff\xda"

CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class PictureError(Exception):
    """The picture can't be judged; the message tells the candidate why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, upright."""

    content_type: str
    pixels: NDArray[np.uint8]
    """RGB, height x width x 3."""
    small: Image.Image
    """The same with at most 160 pixels a side."""


def decode(data: bytes, max_pixels: int) -> Picture:
    """Decode the bytes of an image file.

    Raises PictureError for what is not a JPEG, PNG or WebP, has more than `max_pixels`, or is broken.
    The size is checked in the header, before memory for the pixels is allocated.
    """
    try:
        with _open(data) as image:
            _check_size(image, max_pixels)
            _check_scans(image, data)
            content_type = CONTENT_TYPES[str(image.format)]
            if _is_plain(image):
                return _decode_plain(data, content_type)
            ImageOps.exif_transpose(image, in_place=True)
            upright = _as_rgb(image)
            return Picture(content_type, np.asarray(upright), _shrink(upright))
    except PictureError:
        raise
    except (
        UnidentifiedImageError,
        SyntaxError,
    ) as error:  # the message of the former contains an object's address
        raise PictureError("the picture can't be decoded: its header is broken") from error
    except Exception as error:  # decoders raise errors of any kind for broken files
        raise PictureError(f"the picture can't be decoded: {error}") from error


def _open(data: bytes) -> Image.Image:
    """Read the header only, and only the first picture of a multi-picture JPEG (MPO, written by phones).

    `Image.open` would also read the index of the other pictures, and fail if that is broken.
    """
    if data.startswith(START_OF_IMAGE):
        return JpegImageFile(BytesIO(data))
    return Image.open(BytesIO(data), formats=("PNG", "WEBP"))


def _is_plain(image: Image.Image) -> bool:
    """Whether it is what a browser's canvas produces: an upright JPEG in colour."""
    return image.format == "JPEG" and image.mode == "RGB" and image.getexif().get(EXIF_ORIENTATION, 1) == 1


def _decode_plain(data: bytes, content_type: str) -> Picture:
    """Decode with simplejpeg, which takes two thirds of Pillow's time."""
    pixels = simplejpeg.decode_jpeg(data)
    return Picture(content_type, pixels, _shrink(Image.fromarray(pixels)))


def _check_size(image: Image.Image, max_pixels: int) -> None:
    pixels = image.width * image.height
    if pixels > max_pixels:
        raise PictureError(f"the picture has {pixels} pixels; at most {max_pixels} are allowed")
    if max(image.size) > MAX_SIDE:
        raise PictureError(
            f"the picture has a side of {max(image.size)} pixels; at most {MAX_SIDE} are allowed"
        )


def _check_scans(image: Image.Image, data: bytes) -> None:
    # Inside a scan this byte sequence can't occur; elsewhere it may, once or twice by chance.
    scans = data.count(START_OF_SCAN) if image.format == "JPEG" else 0
    if scans > MAX_SCANS:
        raise PictureError(f"the picture has {scans} scans; at most {MAX_SCANS} are allowed")


def _shrink(image: Image.Image) -> Image.Image:
    # Averaging whole blocks of pixels is the cheapest way to shrink, and good enough for a thumbnail. Done
    # before converting to numpy: converting back to Pillow takes three times as long.
    return image.reduce(max(1, -(-max(image.size) // MAX_THUMBNAIL_SIDE)))


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I"):
        # 16 bits per pixel: Pillow's own conversion clips everything above 255 to white.
        image = Image.fromarray((np.asarray(image, dtype=np.uint32) >> 8).astype(np.uint8))
    if "transparency" in image.info:
        image = image.convert("RGBA")  # without this step Pillow logs a warning for each such picture
    return image.convert("RGB")
