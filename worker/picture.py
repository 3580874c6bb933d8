"""Decoding: the one place where bytes from outside become pixels."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

type_of_format = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class PictureError(Exception):
    """The picture can't be judged; the message says why, in words for the person who sent it."""


def decode(data: bytes, max_pixels: int) -> tuple[NDArray[np.uint8], str]:
    """The upright picture as RGB (height x width x 3, uint8) and its media type.

    Raises PictureError for what is not a JPEG, PNG or WebP, has more than `max_pixels`, or is broken.
    The size is checked in the header, before memory for the pixels is taken.
    """
    try:
        with Image.open(BytesIO(data), formats=tuple(type_of_format)) as image:
            _check_size(image, max_pixels)
            content_type = type_of_format[str(image.format)]
            return np.asarray(_as_rgb(ImageOps.exif_transpose(image))), content_type
    except PictureError:
        raise
    except UnidentifiedImageError as error:  # its words name an object in our memory
        raise PictureError("the picture can't be decoded: its header is broken") from error
    except Exception as error:  # decoders raise whatever a broken file drives them to
        raise PictureError(f"the picture can't be decoded: {error}") from error


def _check_size(image: Image.Image, max_pixels: int) -> None:
    pixels = image.width * image.height
    if pixels > max_pixels:
        raise PictureError(f"the picture has {pixels} pixels; at most {max_pixels} are allowed")


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16 bits a pixel: Pillow's own conversion would clip everything above 255 to white.
        image = Image.fromarray((np.asarray(image, dtype=np.uint32) >> 8).astype(np.uint8))
    if "transparency" in image.info:
        image = image.convert("RGBA")  # without this step Pillow writes a warning for each such picture
    return image.convert("RGB")
