"""How much structure JSON from outside may have before it is parsed."""

from typing import Any

MOST_COMMAS = 200
"""Our messages are objects of a few fields. pydantic takes 10 µs for each element of an array, also of one
that it refuses: a third of a second for a body of the size of a usual frame.
"""


def is_too_complex(body: bytes | str) -> bool:
    """Whether the JSON may have more elements than any message of ours; costs one pass at memory speed.

    Commas tell, as nothing but nesting adds elements without one, and parsers bound the nesting.
    """
    comma: Any = b"," if isinstance(body, bytes) else ","
    at = -1
    for _ in range(MOST_COMMAS + 1):
        at = body.find(comma, at + 1)
        if at < 0:
            return False
    return True
