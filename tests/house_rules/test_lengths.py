"""Files, functions and test names stay short; a file may say in its first lines why it does not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house_rules.sources import ROOT, find_sources

MAX_FILE_LINES = 300
MAX_STYLE_LINES = 250
MAX_FUNCTION_LINES = 50
MAX_TEST_NAME = 60
OVERRIDE = re.compile(r"\blong: \w+ \w+")
FIRST_LINES = 5

CODE = find_sources(".py", ".lua", ".ts", ".tsx", ".css")
PYTHON = find_sources(".py")


def too_long(path: Path, text: str) -> bool:
    """Whether a file is longer than it may be, and does not say why."""
    lines = text.splitlines()
    limit = MAX_STYLE_LINES if path.suffix == ".css" else MAX_FILE_LINES
    return len(lines) > limit and not OVERRIDE.search("\n".join(lines[:FIRST_LINES]))


def _functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_long_file_is_found_unless_it_says_why() -> None:
    path, text = Path("module.py"), "\n" * (MAX_FILE_LINES + 1)

    assert too_long(path, text)
    assert not too_long(path, f"# long: one table of everything{text}")
    assert not too_long(path, "\n" * MAX_FILE_LINES)


def test_files_are_short() -> None:
    long = [str(path) for path in CODE if too_long(path, (ROOT / path).read_text())]

    assert long == [], "split them by noun, or say `long: why` at the top"


def test_functions_are_short() -> None:
    long = [
        f"{path}: {function.name}"
        for path in PYTHON
        if "migrations" not in path.parts  # each is one list of changes
        for function in _functions((ROOT / path).read_text())
        if (function.end_lineno or 0) - function.lineno >= MAX_FUNCTION_LINES
    ]

    assert long == [], "split them into steps that have names"


def test_test_names_are_short() -> None:
    names = [
        f"{path}: {function.name}"
        for path in PYTHON
        for function in _functions((ROOT / path).read_text())
        if function.name.startswith("test_") and len(function.name) > MAX_TEST_NAME
    ]

    assert names == []
