"""Export the flagged list as CSV for spreadsheets."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from shared.db.audit import Entry
from shared.db.flags import ListedFlag
from shared.verdicts import Findings

COLUMNS = (
    *("id", "ts", "participant_id", "participant_name", "kind", "faces", "scores", "engine"),
    *("review", "reviewer", "decided_at", "hidden_faces"),
)

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel decodes UTF-8 by the code page of its locale."""

# The start of a formula, also in full width, at the start of a cell. Depending on its locale a spreadsheet
# may split cells at other separators or line breaks than ours.
_FORMULA = re.compile(
    "(^|[,;\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029])([\\s\"']*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])"
)


def format_flags_csv(rows: Iterable[tuple[ListedFlag, Entry | None]]) -> Iterator[str]:
    """Yield the lines, first the header; each flag has its last decision, and scores separated by spaces.

    `hidden_faces` counts people whose face is not visible.
    """
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
                findings.hidden_faces,
            )
        )


def escape_formulas(text: str) -> str:
    """Put an apostrophe before anything that a spreadsheet could run as a formula."""
    return _FORMULA.sub(r"\1\2'", text)


def _line(values: Iterable[object]) -> str:
    line = StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
