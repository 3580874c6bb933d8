"""The report of an attempt, or of a whole exam, as PDF."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from uuid import UUID

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from PIL import Image

from shared.reports import AttemptRecord, AttemptReport, ExamReport, ExamRow, ReportIncident
from worker.reports.fonts import SANS, add_fonts

Pictures = Mapping[UUID, bytes]
"""Thumbnails by evidence id."""

THUMBNAIL_MM = 33
QUIET = (86, 96, 114)
"""The colour of names of facts: there is no bold font."""
STATE_COLOURS = {
    "v": (47, 133, 90),
    "f": (197, 48, 48),
    "h": (183, 121, 31),
    "n": (214, 158, 46),
    "d": (74, 85, 104),
    "-": (226, 232, 240),
}
HEADINGS = FontFace(emphasis=None, fill_color=(236, 238, 243))
KIND_NAMES = {
    "multiple_faces": "More than one person",
    "no_face": "Nobody in the picture",
    "face_hidden": "Face not visible",
    "technical": "No usable picture",
}


class _Document(FPDF):
    def __init__(self, title: str, text: str, generated_at: datetime) -> None:
        super().__init__()
        self._footer = f"{title} · generated {_time(generated_at)}"
        self.set_title(title)
        self.set_lang("en")
        self.set_creator("Proctor")
        add_fonts(self, text)
        self.set_font(SANS, size=9)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(SANS, size=7)
        self.cell(0, 5, f"{self._footer} · page {self.page_no()} of {{nb}}", align="C")
        self.set_font(SANS, size=9)

    def title_line(self, text: str) -> None:
        self.set_font(SANS, size=16)
        self.multi_cell(0, 9, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font(SANS, size=9)

    def heading(self, text: str) -> None:
        """Begin a section, which the reader's outline lists."""
        if self.get_y() > self.h - 40:
            self.add_page()
        self.ln(3)
        self.start_section(text)
        self.set_font(SANS, size=13)
        self.multi_cell(0, 7, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font(SANS, size=9)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Write names and values, one a line; those without a value are left out."""
        for name, value in facts:
            if value:
                self.set_text_color(*QUIET)
                self.cell(45, 5, name)
                self.set_text_color(0)
                self.multi_cell(0, 5, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rows(self, header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """Write a table whose header is repeated on each page."""
        with self.table(
            col_widths=widths, text_align="LEFT", line_height=5, padding=0.6, headings_style=HEADINGS
        ) as table:
            table.row(header)
            for row in rows:
                table.row(row)


def print_attempt(report: AttemptReport, pictures: Pictures) -> bytes:
    """Return the PDF of one candidate's attempt."""
    record = report.record
    title = f"Exam record of {record.name}"
    pdf = _Document(title, report.model_dump_json(), report.generated_at)
    pdf.title_line(title)
    pdf.facts(
        (
            ("Exam", record.title),
            ("Candidate", f"{record.name} ({record.participant_id})"),
            ("Joined", _time(record.joined_at)),
            ("Left", _time(record.left_at)),
            ("Finished", _time(record.finished_at)),
            ("First picture", _time(record.started_at)),
            ("SHA-256 of the record", report.sha256),
        )
    )
    _print_decision(pdf, record)
    _print_timeline(pdf, record)
    pdf.heading(f"Incidents ({len(record.incidents)})")
    for incident in record.incidents:
        _print_incident(pdf, incident, pictures)
    _print_messages(pdf, record)
    _print_live_views(pdf, record)
    _print_rules(pdf, record)
    return bytes(pdf.output())


def print_exam(report: ExamReport) -> bytes:
    """Return the PDF with a line for each candidate."""
    title = f"Report of {report.title}"
    pdf = _Document(title, report.model_dump_json(), report.generated_at)
    pdf.title_line(title)
    pdf.facts(
        (
            ("Exam", f"{report.title} ({report.meeting_id})"),
            ("Created", _time(report.created_at)),
            ("Candidates", str(len(report.rows))),
        )
    )
    pdf.heading("Candidates")
    pdf.rows(
        ("Name", "Minutes by state", "Gaps", "Incidents", "Decision"),
        (_exam_row(row) for row in report.rows),
        (40, 52, 36, 32, 30),
    )
    return bytes(pdf.output())


def _exam_row(row: ExamRow) -> tuple[str, str, str, str, str]:
    incidents = (
        f"{row.incidents_confirmed} confirmed, {row.incidents_dismissed} dismissed, {row.incidents_open} open"
    )
    decision = row.outcome if row.decision_state == "decided" and row.outcome else _words(row.decision_state)
    return (
        row.name,
        _counts(row.minutes_by_state),
        _counts(row.minutes_by_gap),
        incidents,
        decision,
    )


def _print_decision(pdf: _Document, record: AttemptRecord) -> None:
    pdf.heading(f"Decision: {_words(record.decision_state)}")
    for decision in record.decisions:
        effect = "" if decision.takes_effect or decision.outcome == "reopened" else " (needs a second reader)"
        pdf.facts(
            (
                (
                    _time(decision.at),
                    f"{decision.outcome}{effect}, {decision.reader_name} <{decision.reader_email}>",
                ),
                ("", ", ".join(filter(None, (_words(decision.reason_code or ""), decision.comment)))),
            )
        )
    if not record.decisions:
        pdf.multi_cell(0, 5, "Nobody has decided about this attempt.", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _print_timeline(pdf: _Document, record: AttemptRecord) -> None:
    pdf.heading("Minute by minute")
    pdf.facts(
        (
            ("Minutes by state", _counts(record.minutes_by_state)),
            ("Gaps by type", _counts(record.minutes_by_gap)),
        )
    )
    _draw_states(pdf, record.states)
    if record.gaps:
        pdf.ln(2)
        pdf.rows(
            ("Gap from", "Minutes", "Type", "Reported by"),
            (
                (_time(gap.start), str(gap.minutes), _words(gap.type), gap.reported_by or "nobody")
                for gap in record.gaps
            ),
            (60, 30, 50, 50),
        )


def _draw_states(pdf: _Document, states: str) -> None:
    """Draw a cell for each minute, 60 in a line."""
    cell = pdf.epw / 60
    for start in range(0, len(states), 60):
        y = pdf.get_y() + 1
        for place, state in enumerate(states[start : start + 60]):
            pdf.set_fill_color(*STATE_COLOURS[state])
            pdf.rect(pdf.l_margin + place * cell, y, cell - 0.3, 4, style="F")
        pdf.set_y(y + 5)
    pdf.set_fill_color(255)  # tables fill their rows with the last one
    if states:
        pdf.multi_cell(
            0,
            4,
            "Green: verified. Red: flagged. Brown: face not visible. Yellow: nobody. Dark: no usable picture."
            " Light: gap.",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )


def _print_incident(pdf: _Document, incident: ReportIncident, pictures: Pictures) -> None:
    kept = [pictures[evidence] for evidence in incident.pictures if evidence in pictures]
    shown = [picture for picture in kept if _is_readable(picture)]
    if pdf.get_y() > pdf.h - (65 if shown else 40):
        pdf.add_page()
    pdf.set_font(SANS, size=10)
    name = KIND_NAMES[incident.kind]
    pdf.multi_cell(0, 6, f"{incident.id}. {name}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font(SANS, size=9)
    findings = incident.findings
    scores = ", ".join(f"{face.score:.2f}" for face in findings.faces) or "no face"
    thresholds = ", ".join(f"{_words(key)} {value:g}" for key, value in findings.thresholds.items())
    decided = filter(None, (incident.reviewer, _time(incident.reviewed_at), incident.reason))
    pdf.facts(
        (
            ("Time", f"{_time(incident.started_at)} to {_time(incident.ended_at)}, {incident.flags} flags"),
            ("Review", ", ".join((incident.review, *decided))),
            ("Scores of faces", scores),
            ("Detector", f"{findings.engine}, {findings.version}"),
            ("Thresholds", thresholds),
            ("Pictures", "" if shown else "none is kept any more"),
        )
    )
    for place, picture in enumerate(shown):
        x = pdf.l_margin + place % 5 * (THUMBNAIL_MM + 3)
        pdf.image(
            BytesIO(picture),
            x=x,
            y=pdf.get_y() + 1,
            w=THUMBNAIL_MM,
            alt_text=f"Picture {place + 1} of incident {incident.id}: {name}",
        )
    pdf.ln(28 if shown else 2)


def _is_readable(picture: bytes) -> bool:
    """One damaged picture must not cost the whole report."""
    try:
        with Image.open(BytesIO(picture)) as image:
            image.verify()
    except (OSError, SyntaxError):  # Pillow's errors of files that are no pictures, or damaged ones
        return False
    return True


def _print_messages(pdf: _Document, record: AttemptRecord) -> None:
    pdf.heading(f"Warnings and messages ({len(record.messages)})")
    if record.messages:
        pdf.rows(
            ("Sent", "Message", "Shown", "Acknowledged"),
            (
                (
                    _time(message.sent_at),
                    message.text,
                    _time(message.delivered_at) or "no",
                    _time(message.acknowledged_at) or "no",
                )
                for message in record.messages
            ),
            (35, 85, 35, 35),
        )


def _print_live_views(pdf: _Document, record: AttemptRecord) -> None:
    pdf.heading(f"Live views ({len(record.live_views)})")
    pdf.facts((_time(at), "an invigilator began to watch") for at in record.live_views)


def _print_rules(pdf: _Document, record: AttemptRecord) -> None:
    pdf.heading("Rules")
    pdf.facts((_words(name), str(value)) for name, value in record.rules)
    for change in record.rule_changes:
        pdf.facts(((_time(change.at), f"changed by {change.actor}: {change.before} → {change.after}"),))


def _counts(minutes: Mapping[str, int]) -> str:
    return ", ".join(f"{_words(name)} {count}" for name, count in minutes.items() if count) or "none"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time else ""
