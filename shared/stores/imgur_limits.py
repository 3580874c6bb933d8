"""How long Imgur wants to be left alone, read from the many places where it says so."""

import re
from collections.abc import Iterator

import httpx

from shared.http.retry_after import MAX_RETRY_AFTER_SECONDS, parse_retry_after, parse_whole_number

HOUR = 3600.0
UPLOAD_CREDITS = 10

# Remaining, reset, and how much of it the next upload needs.
ALLOWANCES = (
    ("X-RateLimit-UserRemaining", "X-RateLimit-UserReset", UPLOAD_CREDITS),
    ("X-RateLimit-ClientRemaining", "X-RateLimit-ClientReset", UPLOAD_CREDITS),
    ("X-Post-Rate-Limit-Remaining", "X-Post-Rate-Limit-Reset", 1),
)
SENTENCE = re.compile(r"wait (\d{1,6}) more (second|minute|hour)")
UNITS = {"second": 1.0, "minute": 60.0, "hour": HOUR}

# Documented as a moment, seen as a duration: no duration is this long and no moment this early.
FIRST_MOMENT = 1_000_000_000


def requested_pause(response: httpx.Response, now: float) -> float | None:
    """Seconds until the next upload may be sent, at most a day; None when the answer asks for no pause.

    `now` is in seconds since the epoch.
    """
    waits = [*_header(response, now), *_used_up(response, now), *_sentence(response)]
    return min(max(waits), MAX_RETRY_AFTER_SECONDS) if waits else None


def _header(response: httpx.Response, now: float) -> Iterator[float]:
    if (seconds := parse_retry_after(response, now)) is not None:
        yield seconds


def _used_up(response: httpx.Response, now: float) -> Iterator[float]:
    for remaining_header, reset_header, needed in ALLOWANCES:
        remaining = parse_whole_number(response.headers.get(remaining_header, ""))
        if remaining is None or remaining >= needed:
            continue
        reset = parse_whole_number(response.headers.get(reset_header, ""))
        if reset is None:
            yield HOUR
        else:
            yield max(reset - now, 0.0) if reset >= FIRST_MOMENT else reset


def _sentence(response: httpx.Response) -> Iterator[float]:
    # Not `response.text`: an answer may name a charset that is one for something else than text.
    if found := SENTENCE.search(response.content.decode(errors="replace")):
        yield int(found[1]) * UNITS[found[2]]
