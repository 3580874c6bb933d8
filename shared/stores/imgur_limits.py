"""Parsing of the pause that Imgur asks for, which can be in several places of a response."""

import re
from collections.abc import Iterator

import httpx

from shared.http.retry_after import MAX_RETRY_AFTER_SECONDS, parse_retry_after, parse_whole_number

HOUR = 3600.0
UPLOAD_CREDITS = 10

# Header of the remaining quota, header of its reset, and the cost of an upload.
QUOTAS = (
    ("X-RateLimit-UserRemaining", "X-RateLimit-UserReset", UPLOAD_CREDITS),
    ("X-RateLimit-ClientRemaining", "X-RateLimit-ClientReset", UPLOAD_CREDITS),
    ("X-Post-Rate-Limit-Remaining", "X-Post-Rate-Limit-Reset", 1),
)
SENTENCE = re.compile(r"wait (\d{1,6}) more (second|minute|hour)")
UNITS = {"second": 1.0, "minute": 60.0, "hour": HOUR}

# Resets are documented as timestamps, but seen as durations too. Smaller values are durations.
MIN_TIMESTAMP = 1_000_000_000


def requested_pause(response: httpx.Response, now: float) -> float | None:
    """Return the seconds until the next upload is allowed, at most a day; None if no pause is requested.

    `now` is in seconds since the epoch.
    """
    pauses = [
        *_retry_after_header(response, now),
        *_exhausted_quotas(response, now),
        *_error_sentence(response),
    ]
    return min(max(pauses), MAX_RETRY_AFTER_SECONDS) if pauses else None


def _retry_after_header(response: httpx.Response, now: float) -> Iterator[float]:
    if (seconds := parse_retry_after(response, now)) is not None:
        yield seconds


def _exhausted_quotas(response: httpx.Response, now: float) -> Iterator[float]:
    for remaining_header, reset_header, cost in QUOTAS:
        remaining = parse_whole_number(response.headers.get(remaining_header, ""))
        if remaining is None or remaining >= cost:
            continue
        reset = parse_whole_number(response.headers.get(reset_header, ""))
        if reset is None:
            yield HOUR
        else:
            yield max(reset - now, 0.0) if reset >= MIN_TIMESTAMP else reset


def _error_sentence(response: httpx.Response) -> Iterator[float]:
    # Not `response.text`: the charset of the response may be a codec that is not for text.
    if found := SENTENCE.search(response.content.decode(errors="replace")):
        yield int(found[1]) * UNITS[found[2]]
