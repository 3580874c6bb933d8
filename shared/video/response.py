"""What a vendor's answer says."""

import time

import httpx

from shared.http.responses import read_json
from shared.http.retry_after import parse_retry_after
from shared.video.error import NotAtVendor, VendorUnavailable, VideoError


def parse_data(response: httpx.Response, vendor: str) -> object:
    """The `data` of a success; raises VideoError, in the vendor's words, for everything else."""
    body = read_json(response)
    match body:
        case {"success": True, "data": data} if response.is_success:
            return data
    message = f"{vendor} answered {response.status_code}: {_words(body)}"
    if response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise VendorUnavailable(
            message, safe_to_repeat=True, retry_after=parse_retry_after(response, time.time())
        )
    if response.status_code == httpx.codes.NOT_FOUND:
        raise NotAtVendor(message)
    raise VideoError(message)


def _words(body: object) -> str:
    match body:
        case {"error": {"message": str(words)}}:  # the product itself, old and new
            return words
        case {"errors": [{"message": str(words)}, *_]}:  # Cloudflare's gateway before it
            return words
        case {"message": str(words)}:  # old Dyte, about credentials
            return words
        case _:
            return "nothing readable"
