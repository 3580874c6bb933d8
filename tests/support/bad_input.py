"""Building blocks of bad input."""

MARK = "Xyzzy"
"""Put into inputs to find out whether an error echoes them."""


def nested(depth: int) -> bytes:
    """Return JSON nested deeply enough to overflow a recursive parser."""
    return b"[" * depth + b"]" * depth
