"""Private words for things that have a public name stay out; docs/glossary.md has our terms."""

import re
from pathlib import Path

from tests.house_rules.sources import ROOT, find_sources

BANNED = {
    r"who(so)?ever": "name the subject: 'a client that …', 'anyone with the link'",
    r"glimpses?|sightings?": "observation",
    r"the door|Door": "admission control, Admission",
    r"prudence": "WAIT_BUDGET_SHARE",
    r"unheard": "stalled, or not received",
    r"doubtful|in doubt|a doubt": "suspected, suspicion",
    r"keep_at_hand|let_go|at hand": "cache, invalidate, available",
    r"OwnRules|own_rules": "RuleOverrides",
    r"hang up|hung up|HangUp": "close the connection, CloseConnection",
    r"look_at_\w+": "check_…, read_…",
    r"ServerAway|VendorAway": "…Unavailable",
    r"twice is as good as once|as good as once": "idempotent",
    r"nothing more to do here": "say what happens instead",
    r"owe[sd]?": "enqueue, pending",
    r"_harmless|patiently": "say what is done: escaped, with retry",
    r"hither|thither|thereof|whereof|therein|hereby": "plain modern English",
}
"""A pattern of whole words (case counts only where it has capitals), and what to write instead."""

EXEMPT = {Path("tests/house_rules/test_words.py")}


def _compile(pattern: str) -> re.Pattern[str]:
    flags = re.NOFLAG if pattern != pattern.lower() else re.IGNORECASE
    return re.compile(rf"\b({pattern})\b", flags)


def find_banned(text: str) -> list[str]:
    """Return `line number: word: what to write instead` for each banned word in `text`."""
    return [
        f"{number}: {found.group()}: {instead}"
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, instead in BANNED.items()
        for found in _compile(pattern).finditer(line)
    ]


def test_banned_words_are_found_wherever_they_stand() -> None:
    text = "All is well.\n# Whoever asks\nrules = OwnRules()  # the doorman is fine"

    assert [entry.split(": ")[1] for entry in find_banned(text)] == ["Whoever", "OwnRules"]


def test_no_file_has_a_banned_word() -> None:
    found = [
        f"{path}:{entry}"
        for path in find_sources()
        if path not in EXEMPT
        for entry in find_banned((ROOT / path).read_text())
    ]

    assert not found, "\n".join(found)
