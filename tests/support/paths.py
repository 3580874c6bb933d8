"""Adapt a configuration for containers to this machine."""

import re
from collections.abc import Mapping


def replace_paths(text: str, paths: Mapping[str, str]) -> str:
    """Replace each container path in the text by its local path."""
    # In one pass, so that a replacement is never replaced itself.
    return re.sub("|".join(map(re.escape, paths)), lambda path: paths[path[0]], text)
