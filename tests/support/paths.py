"""A configuration for containers, read where there are none."""

import re
from collections.abc import Mapping


def replace_paths(text: str, places: Mapping[str, str]) -> str:
    """The text, with each place in a container replaced by the one that stands for it here."""
    # All at once, so that nothing is replaced in what has just been put in.
    return re.sub("|".join(map(re.escape, places)), lambda place: places[place[0]], text)
