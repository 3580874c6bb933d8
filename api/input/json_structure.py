"""Limit the structure of JSON before parsing it."""

from typing import Any

MAX_COMMAS = 200
"""Valid bodies are objects of a few fields. pydantic takes 10 µs per array element, even if it refuses the
array: a third of a second for a body as large as a usual frame.
"""


def is_too_complex(body: bytes | str) -> bool:
    """Return whether the JSON has more commas than any valid body; scans at memory speed.

    Without a comma only nesting adds elements, and parsers limit that.
    """
    comma: Any = b"," if isinstance(body, bytes) else ","
    position = -1
    for _ in range(MAX_COMMAS + 1):
        position = body.find(comma, position + 1)
        if position < 0:
            return False
    return True
