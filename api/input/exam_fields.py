"""Types of a meeting's link to the exam and of its end."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, HttpUrl, TypeAdapter

MAX_URL_LENGTH = 2_000
_URL = TypeAdapter(HttpUrl)


def _check_url(url: str) -> str:
    try:
        checked = _URL.validate_python(url.strip())
    except ValueError:
        raise ValueError("must be the address of a page that starts with https:// or http://") from None
    if len(str(checked)) > MAX_URL_LENGTH:
        raise ValueError(f"must have at most {MAX_URL_LENGTH} characters")
    return str(checked)


def _to_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be between the years 1 and 9999") from None


ExamUrl = Annotated[str, AfterValidator(_check_url)]
"""Shown to candidates as a link: no other scheme, as a browser runs `javascript:` links."""

ExamEnd = Annotated[AwareDatetime, AfterValidator(_to_utc)]
