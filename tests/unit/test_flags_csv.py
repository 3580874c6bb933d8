"""No cell of the CSV export is a formula, whichever separator the reader's spreadsheet uses."""

import csv
import re
from io import StringIO

import pytest

from api.spreadsheets import escape_formulas

DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-2+3", "@SUM(1)", "\uff1d1", '=HYPERLINK("http://x";"y")']
)
@pytest.mark.parametrize(
    "before", ["", " ", "\t", "a,", "a;", "a; ", "a;;", "a\t", 'a";', 'a;"', "a\u2028", "a\n", "a\r", "a\x85"]
)
def test_no_cell_is_a_formula(before: str, formula: str) -> None:
    line = StringIO()
    csv.writer(line).writerow(["1", escape_formulas(f"{before}{formula};b"), "x"])

    for separator in ",;\t":
        for row in csv.reader(StringIO(line.getvalue(), newline=""), delimiter=separator):
            # Spreadsheets also start a new row at characters that Python's reader keeps in a cell.
            cells = [part for cell in row for part in re.split("[\r\n\x85\u2028\u2029]", cell)]
            assert not [cell for cell in cells if cell.lstrip(' "').startswith(DANGEROUS)]


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "Anne-Marie", "O'Brien; DROP", "a = b", "x@y.example", "山田, 太郎"]
)
def test_ordinary_names_are_unchanged(name: str) -> None:
    assert escape_formulas(name) == name
