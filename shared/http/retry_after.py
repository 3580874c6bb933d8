"""HTTP's `Retry-After`."""

import re
from email.utils import parsedate_to_datetime

import httpx

MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
"""A server that asks for a longer pause is tried again after a day."""


def parse_retry_after(response: httpx.Response, now: float) -> float | None:
    """Return how many seconds the server asks to wait, at most a day; None without a valid header.

    `now` is in seconds since the epoch: the header may also be a date.
    """
    value = response.headers.get("Retry-After", "")
    if (seconds := parse_whole_number(value)) is not None:
        return min(seconds, MAX_RETRY_AFTER_SECONDS)
    try:
        seconds = parsedate_to_datetime(value).timestamp() - now
    except (ValueError, OverflowError, OSError):  # not a date, or out of range
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)


def parse_whole_number(value: str) -> float | None:
    """Return the header's value; infinity if it has too many digits, None if it is not a whole number."""
    return float(value) if re.fullmatch(r"\d+", value.strip(), re.ASCII) else None
