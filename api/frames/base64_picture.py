"""Decode the picture in a request."""

import binascii

import pybase64

from api.errors import NotAPicture, TooLarge


def decode_base64(text: str, max_bytes: int) -> bytes:
    """Decode a data URL or bare base64 of a JPEG, PNG or WebP; raise NotAPicture or TooLarge.

    Only the first bytes of the picture are checked: workers decode its pixels.
    """
    header, comma, data = text.partition(",")
    if comma and not _is_base64_data_url(header):
        raise NotAPicture("base64_img is not a base64 data URL: start it with 'data:image/jpeg;base64,'")
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
        pass  # perhaps it has line breaks; most clients send one line, which is not searched for them
    try:
        return pybase64.b64decode(_unwrap(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotAPicture(
            "base64_img is not base64: use A-Z a-z 0-9 + / with = as padding; line breaks are allowed"
        ) from error


def _unwrap(text: str) -> str:
    """Remove the line breaks of wrapped base64 (RFC 2045).

    Keep inner spaces, which are then refused: they are plus signs that a form decoder has replaced.
    """
    return text.strip().replace("\r", "").replace("\n", "").replace("\t", "")


def _looks_like_a_picture(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )
