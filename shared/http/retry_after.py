"""How long a server wants to be left alone, as HTTP has it."""

import re
from email.utils import parsedate_to_datetime

import httpx

MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
"""In seconds: a server that asks for more is tried again after a day."""


def parse_retry_after(response: httpx.Response, now: float) -> float | None:
    """Seconds that `Retry-After` asks for, given as such or as a date; None without a readable one.

    `now` is in seconds since the epoch. Never more than a day.
    """
    value = response.headers.get("Retry-After", "")
    if (seconds := parse_whole_number(value)) is not None:
        return min(seconds, MAX_RETRY_AFTER_SECONDS)
    try:
        asked = parsedate_to_datetime(value).timestamp() - now
    except (ValueError, OverflowError, OSError):  # no date, or one that no clock can show
        return None
    return min(max(asked, 0.0), MAX_RETRY_AFTER_SECONDS)


def parse_whole_number(value: str) -> float | None:
    """The number that a header's value spells, infinite where it has too many digits; None for none."""
    return float(value) if re.fullmatch(r"\d+", value.strip(), re.ASCII) else None
