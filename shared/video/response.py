"""Parsing of a video vendor's responses."""

import time

import httpx

from shared.http.responses import read_json
from shared.http.retry_after import parse_retry_after
from shared.video.error import NotAtVendor, VendorUnavailable, VideoError


def parse_data(response: httpx.Response, vendor: str) -> object:
    """Return the `data` of a success. Raises VideoError with the vendor's message for everything else."""
    body = read_json(response)
    match body:
        case {"success": True, "data": data} if response.is_success:
            return data
    message = f"{vendor} answered {response.status_code}: {_error_message(body)}"
    if response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise VendorUnavailable(
            message, safe_to_repeat=True, retry_after=parse_retry_after(response, time.time())
        )
    if response.status_code == httpx.codes.NOT_FOUND:
        raise NotAtVendor(message)
    raise VideoError(message)


def _error_message(body: object) -> str:
    match body:
        case {"error": {"message": str(message)}}:  # the product's API, old and new
            return message
        case {"errors": [{"message": str(message)}, *_]}:  # Cloudflare's gateway in front of it
            return message
        case {"message": str(message)}:  # old Dyte, invalid credentials
            return message
        case _:
            return "no error message"
