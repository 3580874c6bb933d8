"""From the text in a request to the bytes of a picture."""

import binascii

import pybase64

from api.errors import NotAPicture, TooLarge


def decode_base64(text: str, max_bytes: int) -> bytes:
    """Return the bytes behind a data URL or bare base64 of a JPEG, PNG or WebP.

    Raises NotAPicture when it is neither, TooLarge past `max_bytes`. Only the first bytes are looked at:
    whether it really can be decoded is found out where pixels are.
    """
    header, comma, data = text.partition(",")
    if comma and not _is_base64_data_url(header):
        raise NotAPicture("base64_img is not base64: a data URL begins with 'data:image/jpeg;base64,'")
    picture = _decode(data if comma else header)
    if len(picture) > max_bytes:
        raise TooLarge(f"the picture has {len(picture)} bytes; at most {max_bytes} are allowed")
    if not _looks_like_a_picture(picture):
        raise NotAPicture("base64_img is not a JPEG, PNG or WebP picture")
    return picture


def _is_base64_data_url(header: str) -> bool:
    scheme, *parameters = header.strip().lower().split(";")
    return scheme.startswith("data:") and bool(parameters) and parameters[-1].strip() == "base64"


def _decode(text: str) -> bytes:
    try:
        return pybase64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        pass  # handled below: most clients send it in one line, which should cost them nothing
    try:
        return pybase64.b64decode(_unwrapped(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotAPicture(
            "base64_img is not base64: use A-Z a-z 0-9 + / with = to the end; line breaks are allowed"
        ) from error


def _unwrapped(text: str) -> str:
    """Remove what encoders put around lines of base64 (RFC 2045).

    Spaces within stay, and are refused: there they stand for plus signs that a form has swallowed.
    """
    return text.strip().replace("\r", "").replace("\n", "").replace("\t", "")


def _looks_like_a_picture(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )
