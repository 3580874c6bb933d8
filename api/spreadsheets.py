"""CSV that spreadsheets read as text: never as a formula, and always as UTF-8."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel decodes UTF-8 by the code page of its locale."""

# The start of a formula, also in full width, at the start of a cell. Depending on its locale a spreadsheet
# may split cells at other separators or line breaks than ours.
_FORMULA = re.compile(
    "(^|[,;\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029])([\\s\"']*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])"
)


def escape_formulas(text: str) -> str:
    """Put an apostrophe before anything that a spreadsheet could run as a formula."""
    return _FORMULA.sub(r"\1\2'", text)


def format_line(values: Iterable[object]) -> str:
    """Return one line of a CSV file, with its end."""
    line = StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
