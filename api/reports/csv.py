"""The report of a whole exam as CSV for spreadsheets: a line for each candidate."""

from collections.abc import Iterable, Iterator

from api.spreadsheets import BYTE_ORDER_MARK, escape_formulas, format_line
from shared.reports import ExamRow


def format_exam_csv(rows: Iterable[ExamRow]) -> Iterator[str]:
    """Yield the lines, first the header; a column for each state and each type of gap."""
    header_written = False
    for row in rows:
        if not header_written:
            yield BYTE_ORDER_MARK + format_line(_header(row))
            header_written = True
        yield format_line(
            (
                row.participant_id,
                escape_formulas(row.name),
                row.joined_at.isoformat(),
                row.left_at.isoformat() if row.left_at else "",
                row.finished_at.isoformat() if row.finished_at else "",
                *row.minutes_by_state.values(),
                *row.minutes_by_gap.values(),
                row.incidents_open,
                row.incidents_confirmed,
                row.incidents_dismissed,
                row.decision_state,
                row.outcome or "",
                row.sha256,
            )
        )
    if not header_written:
        yield BYTE_ORDER_MARK


def _header(row: ExamRow) -> tuple[str, ...]:
    return (
        *("participant_id", "name", "joined_at", "left_at", "finished_at"),
        *(f"minutes_{state}" for state in row.minutes_by_state),
        *(f"gap_{gap}" for gap in row.minutes_by_gap),
        *("incidents_open", "incidents_confirmed", "incidents_dismissed"),
        *("decision", "outcome", "sha256"),
    )
