"""How long a server wants to be left alone, as HTTP has it."""

import re
from email.utils import parsedate_to_datetime

import httpx


def retry_after(response: httpx.Response, now: float) -> float | None:
    """Seconds that `Retry-After` asks for, given as such or as a date; None without a readable one.

    `now` is in seconds since the epoch.
    """
    value = response.headers.get("Retry-After", "")
    if (seconds := whole_number(value)) is not None:
        return seconds
    try:
        return max(parsedate_to_datetime(value).timestamp() - now, 0.0)
    except ValueError:
        return None


def whole_number(value: str) -> float | None:
    """The number that a header's value spells; None when it spells none."""
    return float(value) if re.fullmatch(r"\d{1,12}", value.strip(), re.ASCII) else None
