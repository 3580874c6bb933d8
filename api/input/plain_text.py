"""Clean text that people will read: names, titles, messages."""

import re
import unicodedata
from typing import Annotated

import idna
from pydantic import AfterValidator, StringConstraints

_JOINERS = "\u200c\u200d"
_EMOJI_STYLES = "\ufe0e\ufe0f"
_KEYCAP = "\u20e3"
_CONTEXTUAL = _JOINERS + _EMOJI_STYLES
"""Invisible; whether they have an effect depends on the characters around them."""

# Invisible characters outside of category Cf (format): the rest of Unicode's Default_Ignorable_Code_Point,
# and characters with an empty glyph (Braille, Egyptian and musical blanks).
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\ufffc"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
_LINE_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_VISIBLE_CATEGORIES = frozenset("LNPS")
"""First letters of Unicode's categories of visible characters; marks are not visible alone."""


def clean_text(text: str, *, multiline: bool = False) -> str:
    """Return the text trimmed and in NFC, without characters that are invisible or reorder text.

    Keep joiners where they change the rendering, as in Persian words and emoji. Raise ValueError for control
    characters, and if nothing visible is left.
    """
    lines = _LINE_BREAK.split(text) if multiline else [text]
    cleaned = "\n".join(map(_clean_line, lines)).strip("\n")
    if not any(unicodedata.category(character)[0] in _VISIBLE_CATEGORIES for character in cleaned):
        raise ValueError("must have at least one visible character")
    return cleaned


def _clean_line(line: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in line):
        raise ValueError("must not contain control characters")
    candidates = "".join(c for c in line if c in _CONTEXTUAL or not _is_invisible(c))
    cleaned = ""
    for index, character in enumerate(candidates):
        following = candidates[index + 1 :].lstrip(_CONTEXTUAL)
        if character not in _CONTEXTUAL or _has_effect(cleaned, character, following):
            cleaned += character
    # Browsers collapse spaces of any width.
    return unicodedata.normalize("NFC", " ".join(cleaned.split()))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or _BLANK.match(character) is not None


def _has_effect(before: str, character: str, after: str) -> bool:
    """Return whether a contextual character is rendered here; otherwise it would only make names differ."""
    if character in _EMOJI_STYLES:
        return _is_symbol(before[-1:]) or after.startswith(_KEYCAP)
    emoji = _is_symbol(before.rstrip(_EMOJI_STYLES)[-1:]) and _is_symbol(after[:1])
    return emoji or _joins_letters(before, character, after)


def _is_symbol(character: str) -> bool:
    return character in _SKIN_TONES or (character != "" and unicodedata.category(character) in {"So", "Sm"})


def _joins_letters(before: str, joiner: str, after: str) -> bool:
    try:
        return after != "" and idna.valid_contextj(before + joiner + after, len(before))
    except ValueError:  # a character next to it is unknown to this Python's Unicode
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
"""The text of a short message; may have several lines."""

Paragraph = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000),
    AfterValidator(_clean_lines),
]
"""A reason or a comment; may have several lines."""

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"),
    AfterValidator(clean_text),
]
"""An address that tells people apart; nothing is ever sent to it."""
