"""Text entered by people is cleaned of characters that hide, imitate or reorder."""

import unicodedata

import pytest

from api.input.plain_text import clean_text


@pytest.mark.parametrize(
    "text",
    [
        "Zoë 👩🏽‍🚀",
        "👨‍👩‍👧‍👦",
        "🏳️‍🌈",
        "❤️",
        "1️⃣",
        "محمد بن سلمان",
        "می‌خواهم",  # Persian: the zero-width non-joiner is part of the spelling
        "ශ්‍රී",  # Sinhala: virama and joiner make one letter
        "क्‍ष",
        "דוד",
        "山田太郎",
        "O'Brien; DROP",
        "Nguyễn Thị Ngọc",
    ],
)
def test_international_text_is_unchanged(text: str) -> None:
    assert clean_text(unicodedata.normalize("NFD", text)) == text
    assert clean_text(clean_text(text)) == text


@pytest.mark.parametrize(
    "lookalike",
    [
        *(
            "Ada\u200b",
            "A\u200cda",
            "Ad\u200da",
            "\ufeffAda",
            "A\u00adda",
            "A\u2060da",
            "Ada\u034f",
            "A\ufe0fda",
        ),
        *("\u202eAda", "A\u202ada\u202c", "\u2066Ada\u2069", "Ada\u200f", "\u061cAda", "Ada\U000e0061"),
        *("\u3164Ada", "Ada\uffa0", "A\u115fda", "\u2800Ada\u2800", "Ada\u180e", "Ada\U000e0100"),
        *("  Ada ", "\u3000Ada\u00a0", "Ada\u2028"),
    ],
    ids=ascii,
)
def test_lookalikes_become_the_plain_text(lookalike: str) -> None:
    assert clean_text(lookalike) == "Ada"


def test_runs_of_spaces_become_one() -> None:
    assert clean_text("Ada\u2003 \u00a0Lovelace") == "Ada Lovelace"


def test_joiner_without_effect_is_removed() -> None:
    # Dal joins nothing that follows it.
    assert clean_text("\u062f\u200c\u0627") == "\u062f\u0627"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "\u200b",
            "\u3164",
            "\u115f",
            "\u1160",
            "\u2800",
            "\uffa0",
            "\u00ad",
            "\u200d\u200c",
            "\ufe0f",
            "\ufeff",
        ),
        *("\u202e\u202c", "\u180e", "\U000e0041", "\U0001d159", "\U00013441", "\u0301", "\u2028", "\u3000"),
    ],
    ids=ascii,
)
def test_text_without_visible_characters_is_refused(text: str) -> None:
    for multiline in (False, True):
        with pytest.raises(ValueError, match="at least one visible character"):
            clean_text(text, multiline=multiline)


@pytest.mark.parametrize("control", ["\0", "\x1b", "\x7f", "\x85", "\ud800", "\n", "\t"], ids=ascii)
def test_control_characters_are_refused(control: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        clean_text(f"Ada{control}L")


def test_messages_keep_their_lines() -> None:
    assert clean_text("\nHello \r\n\u202e all\u2028three\n", multiline=True) == "Hello\nall\nthree"
