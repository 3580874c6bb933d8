"""The flagged list as a table for a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from shared.flags import ListedFlag
from shared.verdicts import Findings

COLUMNS = ("id", "ts", "participant_id", "participant_name", "kind", "faces", "scores", "engine", "review")


def flags_as_csv(rows: Iterable[ListedFlag]) -> Iterator[str]:
    """Line by line, with a heading; scores are separated by spaces."""
    yield _line(COLUMNS)
    for row in rows:
        flag = row.flag
        findings = Findings.model_validate(flag.findings)
        yield _line(
            (
                flag.id,
                flag.taken_at.isoformat(),
                flag.participant_id,
                _harmless(row.participant_name),
                flag.kind,
                flag.faces,
                " ".join(str(face.score) for face in findings.faces),
                findings.engine,
                flag.review,
            )
        )


def _harmless(text: str) -> str:
    """A name that begins like a formula would be run as one by a spreadsheet."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _line(values: Iterable[object]) -> str:
    line = StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
