"""Text from outside that somebody will read."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _plain_text(text: str) -> str:
    """Any script and emoji, but nothing that hides or reorders what an invigilator reads."""
    if any(unicodedata.category(c) in {"Cc", "Cs"} or c in _DIRECTION_OVERRIDES for c in text):
        raise ValueError("must not contain control characters or text direction overrides")
    return text


_PlainText = AfterValidator(_plain_text)

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _PlainText]
"""A name or a title."""

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), _PlainText]
"""What is said in a short message."""
