"""Read a frame from the body of its request, and decode the base64 of its picture."""

import asyncio
import binascii
from dataclasses import dataclass

import pybase64
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.auth.tokens import Bearer
from api.errors import NotAPicture, NotFound, TooComplex, TooLarge
from api.frames.models import Frame
from api.input.json_structure import is_too_complex
from api.middleware.body_limit import SMALL_FRAME_BYTES
from api.services import Services


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """A frame whose picture has not been decoded into pixels."""

    picture: bytes
    precheck: bool


async def read_frame(request: Request, services: Services, sender: Bearer) -> DecodedFrame:
    """Read and decode the body; raise an error if it is invalid or not the sender's."""
    # Not with `request.body()`, which would keep it in memory until Redis has answered.
    body = b"".join([chunk async for chunk in request.stream()])
    max_bytes = services.settings.max_frame_bytes
    if len(body) <= SMALL_FRAME_BYTES:
        return _parse_frame(body, sender, max_bytes)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(services.large_frames, _parse_frame, body, sender, max_bytes)


def _parse_frame(body: bytes, sender: Bearer, max_bytes: int) -> DecodedFrame:
    if is_too_complex(body):
        raise TooComplex("the body has more elements than a frame")
    try:
        # With pydantic alone: FastAPI creates a dict first, which takes twice as long.
        frame = Frame.model_validate_json(body)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(errors) from error
    if frame.meeting_id != str(sender.meeting_id) or frame.participant_id != str(sender.participant_id):
        raise NotFound("the token is not for this meeting_id and participant_id")
    return DecodedFrame(decode_base64(frame.base64_img, max_bytes), frame.precheck)


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
