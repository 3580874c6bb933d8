"""Names, titles, messages: every text from outside that a person will read goes through `clean_text`."""

import re
import unicodedata
from typing import Annotated

import idna
from pydantic import AfterValidator, StringConstraints

_JOINERS = "\u200c\u200d"
_EMOJI_STYLES = "\ufe0e\ufe0f"
_KEYCAP = "\u20e3"
_CONTEXTUAL = _JOINERS + _EMOJI_STYLES
"""Invisible themselves; whether they do anything depends on their neighbours."""

# What no font draws, beside category Cf (format): the rest of Unicode's Default_Ignorable_Code_Point, and
# characters whose glyph is empty (Braille, Egyptian and musical blanks).
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\ufffc"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
_LINE_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_DRAWN = frozenset("LNPS")
"""First letters of the categories of characters that are seen by themselves; marks are not."""


def clean_text(text: str, *, multiline: bool = False) -> str:
    """In NFC, trimmed, without what is invisible or reorders the text around it.

    Joiners stay where they change what is seen, as in Persian words and emoji. Raises ValueError for control
    characters, and when nothing visible is left.
    """
    lines = _LINE_BREAK.split(text) if multiline else [text]
    cleaned = "\n".join(map(_clean_line, lines)).strip("\n")
    if not any(unicodedata.category(character)[0] in _DRAWN for character in cleaned):
        raise ValueError("must have at least one visible character")
    return cleaned


def _clean_line(line: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in line):
        raise ValueError("must not contain control characters")
    drawn = "".join(c for c in line if c in _CONTEXTUAL or not _is_invisible(c))
    kept = ""
    for place, character in enumerate(drawn):
        if character not in _CONTEXTUAL or _is_seen(kept, character, drawn[place + 1 :].lstrip(_CONTEXTUAL)):
            kept += character
    # Browsers show a run of spaces, of whatever width, as one.
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or _BLANK.match(character) is not None


def _is_seen(before: str, character: str, after: str) -> bool:
    """Whether a contextual character does anything here; if not, it would only make equal names differ."""
    if character in _EMOJI_STYLES:
        return _is_symbol(before[-1:]) or after.startswith(_KEYCAP)
    emoji = _is_symbol(before.rstrip(_EMOJI_STYLES)[-1:]) and _is_symbol(after[:1])
    return emoji or _joins_letters(before, character, after)


def _is_symbol(character: str) -> bool:
    return character in _SKIN_TONES or (character != "" and unicodedata.category(character) in {"So", "Sm"})


def _joins_letters(before: str, joiner: str, after: str) -> bool:
    try:
        return after != "" and idna.valid_contextj(before + joiner + after, len(before))
    except ValueError:  # a neighbour that this Python's Unicode does not know
        return False


def _clean_lines(text: str) -> str:
    return clean_text(text, multiline=True)


Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(clean_text)
]
"""A name or a title."""

Sentence = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_clean_lines)
]
"""What is said in a short message."""
