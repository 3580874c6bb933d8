"""Export the flagged list as CSV for spreadsheets."""

from collections.abc import Iterable, Iterator

from api.spreadsheets import BYTE_ORDER_MARK, escape_formulas, format_line
from shared.db.audit import Entry
from shared.db.flags import ListedFlag
from shared.verdicts import Findings

COLUMNS = (
    *("id", "ts", "participant_id", "participant_name", "kind", "faces", "scores", "engine"),
    *("review", "reviewer", "decided_at", "hidden_faces"),
)


def format_flags_csv(rows: Iterable[tuple[ListedFlag, Entry | None]]) -> Iterator[str]:
    """Yield the lines, first the header; each flag has its last decision, and scores separated by spaces.

    `hidden_faces` counts people whose face is not visible.
    """
    yield BYTE_ORDER_MARK + format_line(COLUMNS)
    for row, decision in rows:
        flag = row.flag
        findings = Findings.model_validate(flag.findings)
        yield format_line(
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
