"""What bad input is made of."""

MARK = "Xyzzy"
"""In inputs, to see whether they are echoed."""


def nested(depth: int) -> bytes:
    """JSON, deep enough for a parser that recurses."""
    return b"[" * depth + b"]" * depth
