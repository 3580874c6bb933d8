"""Decoding: the one place where bytes from outside become pixels."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

SMALL = 160
ORIENTATION = 0x0112

MOST_SIDE = 20_000
"""In pixels: a picture a million wide and a few high is small, and costs a detector a gigabyte."""
MOST_SCANS = 100
"""A progressive JPEG has some ten. Each goes over the whole picture, and can be written in a few bytes."""
START_OF_IMAGE = b"\xff\xd8"
START_OF_SCAN = b"\xff\xda"

type_of_format = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class PictureError(Exception):
    """The picture can't be judged; the message says why, in words for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, upright."""

    content_type: str
    pixels: NDArray[np.uint8]
    """RGB, height x width x 3."""
    small: Image.Image
    """The same at no more than 160 pixels a side."""


def decode(data: bytes, max_pixels: int) -> Picture:
    """The picture in the bytes of a file.

    Raises PictureError for what is not a JPEG, PNG or WebP, has more than `max_pixels`, or is broken.
    The size is checked in the header, before memory for the pixels is taken.
    """
    try:
        with _open(data) as image:
            _check_size(image, max_pixels)
            _check_scans(image, data)
            content_type = type_of_format[str(image.format)]
            if _is_plain(image):
                return _decode_plain(data, content_type)
            ImageOps.exif_transpose(image, in_place=True)
            upright = _as_rgb(image)
            return Picture(content_type, np.asarray(upright), _shrunk(upright))
    except PictureError:
        raise
    except (UnidentifiedImageError, SyntaxError) as error:  # the first's words name an object in our memory
        raise PictureError("the picture can't be decoded: its header is broken") from error
    except Exception as error:  # decoders raise whatever a broken file drives them to
        raise PictureError(f"the picture can't be decoded: {error}") from error


def _open(data: bytes) -> Image.Image:
    """Read the header only. Of a JPEG that holds more pictures (MPO, as phones write it) the first counts.

    `Image.open` would read the list of the others, which nobody looks at, and fails where that is broken.
    """
    if data.startswith(START_OF_IMAGE):
        return JpegImageFile(BytesIO(data))
    return Image.open(BytesIO(data), formats=("PNG", "WEBP"))


def _is_plain(image: Image.Image) -> bool:
    """Whether it is what a browser's canvas makes: JPEG in colour, upright."""
    return image.format == "JPEG" and image.mode == "RGB" and image.getexif().get(ORIENTATION, 1) == 1


def _decode_plain(data: bytes, content_type: str) -> Picture:
    """In two thirds of the time that Pillow takes."""
    pixels = simplejpeg.decode_jpeg(data)
    return Picture(content_type, pixels, _shrunk(Image.fromarray(pixels)))


def _check_size(image: Image.Image, max_pixels: int) -> None:
    pixels = image.width * image.height
    if pixels > max_pixels:
        raise PictureError(f"the picture has {pixels} pixels; at most {max_pixels} are allowed")
    if max(image.size) > MOST_SIDE:
        raise PictureError(
            f"the picture has a side of {max(image.size)} pixels; at most {MOST_SIDE} are allowed"
        )


def _check_scans(image: Image.Image, data: bytes) -> None:
    # Within a scan these two bytes never follow each other; elsewhere they may, once or twice by chance.
    scans = data.count(START_OF_SCAN) if image.format == "JPEG" else 0
    if scans > MOST_SCANS:
        raise PictureError(f"the picture has {scans} scans; at most {MOST_SCANS} are allowed")


def _shrunk(image: Image.Image) -> Image.Image:
    # Means over whole blocks of pixels: the cheapest way to shrink, and good enough for a glance. Done before
    # the pixels are numpy's, as the way back into Pillow takes three times as long.
    return image.reduce(max(1, -(-max(image.size) // SMALL)))


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I"):
        # 16 bits a pixel: Pillow's own conversion would clip everything above 255 to white.
        image = Image.fromarray((np.asarray(image, dtype=np.uint32) >> 8).astype(np.uint8))
    if "transparency" in image.info:
        image = image.convert("RGBA")  # without this step Pillow writes a warning for each such picture
    return image.convert("RGB")
