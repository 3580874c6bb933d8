"""From the text in a request to the bytes of a picture."""

import binascii

import pybase64

from api.errors import NotAPicture, TooLarge


def decode_base64(text: str, max_bytes: int) -> bytes:
    """The bytes behind a data URL or bare base64 of a JPEG, PNG or WebP.

    Raises NotAPicture when it is neither, TooLarge past `max_bytes`. Only the first bytes are looked at:
    whether it really can be decoded is found out where pixels are.
    """
    header, comma, data = text.partition(",")
    if comma and not (header.startswith("data:") and header.endswith(";base64")):
        raise NotAPicture("base64_img is not base64: a data URL begins with 'data:image/jpeg;base64,'")
    try:
        picture = pybase64.b64decode(data if comma else header, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotAPicture("base64_img is not base64") from error
    if len(picture) > max_bytes:
        raise TooLarge(f"the picture has {len(picture)} bytes; at most {max_bytes} are allowed")
    if not _looks_like_a_picture(picture):
        raise NotAPicture("base64_img is not a JPEG, PNG or WebP picture")
    return picture


def _looks_like_a_picture(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )
