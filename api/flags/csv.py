"""The flagged list as a table for a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from shared.db.audit import Entry
from shared.db.flags import ListedFlag
from shared.verdicts import Findings

COLUMNS = (
    *("id", "ts", "participant_id", "participant_name", "kind", "faces", "scores", "engine"),
    *("review", "reviewer", "decided_at"),
)

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the code page of its country."""

# What begins a formula (also in full width), at the start of a cell. A spreadsheet may split cells at another
# separator than ours, which its country decides, or at a line break that is none to us.
_FORMULA = re.compile(
    "(^|[,;\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029])([\\s\"']*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])"
)


def flags_as_csv(rows: Iterable[tuple[ListedFlag, Entry | None]]) -> Iterator[str]:
    """Line by line, with a heading; scores are separated by spaces. With a flag comes its last decision."""
    yield BYTE_ORDER_MARK + _line(COLUMNS)
    for row, decision in rows:
        flag = row.flag
        findings = Findings.model_validate(flag.findings)
        yield _line(
            (
                flag.id,
                flag.taken_at.isoformat(),
                flag.participant_id,
                escape_formulas(row.participant_name),
                flag.kind,
                flag.faces,
                " ".join(str(face.score) for face in findings.faces),
                findings.engine,
                flag.review,
                decision.actor if decision else "",
                decision.at.isoformat() if decision else "",
            )
        )


def escape_formulas(text: str) -> str:
    """With an apostrophe before whatever a spreadsheet could run as a formula, however it splits the text."""
    return _FORMULA.sub(r"\1\2'", text)


def _line(values: Iterable[object]) -> str:
    line = StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
