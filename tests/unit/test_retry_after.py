"""Retry-After is parsed and limited to one day."""

import httpx
import pytest

from shared.http.retry_after import MAX_RETRY_AFTER_SECONDS, parse_retry_after
from shared.video.error import VendorUnavailable
from shared.video.response import parse_data

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5),
        (" 5 ", 5),
        ("86401", MAX_RETRY_AFTER_SECONDS),
        ("9" * 13, MAX_RETRY_AFTER_SECONDS),
        ("9" * 5_000, MAX_RETRY_AFTER_SECONDS),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_RETRY_AFTER_SECONDS),
        ("Fri, 31 Dec 9999 23:59:59 -2359", MAX_RETRY_AFTER_SECONDS),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 -0000", 0),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0),
        ("Mon, 01 Jan 2030 00:00:00 +999999999", None),
        ("-5", None),
        ("1.5", None),
        ("1e9", None),
        ("NaN", None),
        ("5, 10", None),
        ("٣", None),
        ("\0", None),
        ("", None),
    ],
)
def test_retry_after_is_between_zero_and_a_day(value: str, seconds: float | None) -> None:
    response = httpx.Response(429, headers=[(b"Retry-After", value.encode())])

    assert parse_retry_after(response, NOW) == seconds


def test_video_vendor_wait_is_at_most_a_day() -> None:
    response = httpx.Response(429, headers={"Retry-After": "999999999999"})

    with pytest.raises(VendorUnavailable) as raised:
        parse_data(response, "dyte")

    assert raised.value.retry_after == MAX_RETRY_AFTER_SECONDS
