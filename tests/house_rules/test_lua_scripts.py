"""Every Lua script has a header and takes its keys as KEYS."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.house_rules.sources import ROOT, find_sources

SCRIPTS = find_sources(".lua")
BUILT_KEY = re.compile(r"""['"]\w+:['"]\s*\.\.""")


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_script_has_a_header(script: Path) -> None:
    header = re.match(r"(--.*\n)+", (ROOT / script).read_text())

    assert header, "begin the script with a comment that says what it does"
    for part in ("KEYS", "ARGV", "RETURNS"):
        assert re.search(rf"^-- {part}: \S", header.group(), re.MULTILINE), f"no {part} in the header"


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_script_builds_no_key_without_a_reason(script: Path) -> None:
    lines = (ROOT / script).read_text().splitlines()

    for before, line in pairwise(lines):
        assert not BUILT_KEY.search(line) or before.strip().startswith("-- Not in KEYS: "), line


def test_no_lua_script_is_a_python_string() -> None:
    sources = [path for path in find_sources(".py") if path.parts[0] in {"api", "shared", "worker"}]

    assert SCRIPTS
    assert [str(path) for path in sources if "redis.call(" in (ROOT / path).read_text()] == []
