"""docs/promises.md names tests that are there."""

import ast
import re

import pytest

from dev.processes import ROOT

ROWS = [
    line
    for line in (ROOT / "docs/promises.md").read_text().splitlines()
    if line.startswith("| ") and "attacked by" not in line
]


@pytest.mark.parametrize("row", ROWS)
def test_each_promise_has_a_test_that_attacks_it(row: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)

    assert named
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
