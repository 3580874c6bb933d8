"""docs/promises.md refers to existing tests."""

import ast
import re

import pytest

from dev.stack.processes import ROOT

ROWS = [
    line
    for line in (ROOT / "docs/promises.md").read_text().splitlines()
    if line.startswith("| ") and "attacked by" not in line
]


@pytest.mark.parametrize("row", ROWS)
def test_each_promise_names_an_existing_test(row: str) -> None:
    attacks = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", row)

    assert attacks
    for file, name in attacks:
        path = ROOT / (file if "/" in file else f"tests/integration/{file}")
        tests = {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
        assert name in tests if name else tests
