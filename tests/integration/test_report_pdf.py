"""The PDF prints names in any script, and long incidents page by page."""

import logging
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pypdfium2
import pytest
from PIL import Image

from shared.db.tables import Review
from shared.reports import AttemptRecord, AttemptReport, ReportIncident
from shared.verdicts import FlagKind
from tests.support.samples import DEFAULT_RULES, make_findings
from worker.reports.pdf import print_attempt

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def make_report(name: str, incidents: int = 0, pictures: int = 0) -> AttemptReport:
    record = AttemptRecord(
        meeting_id=uuid4(),
        title="Algebra I",
        participant_id=uuid4(),
        name=name,
        joined_at=START,
        left_at=None,
        finished_at=None,
        started_at=START,
        states="vvvf---nndh" * 12,
        minutes_by_state={"verified": 36, "gap": 36},
        minutes_by_gap={"network": 36},
        gaps=[],
        incidents=[
            ReportIncident(
                id=number + 1,
                kind=FlagKind.MULTIPLE_FACES,
                started_at=START,
                ended_at=START + timedelta(minutes=number),
                flags=3,
                review=Review.OPEN,
                reason=None,
                reviewer=None,
                reviewed_at=None,
                findings=make_findings(2),
                pictures=[uuid4() for _ in range(pictures)],
            )
            for number in range(incidents)
        ],
        messages=[],
        live_views=[START],
        rules=DEFAULT_RULES,
        rule_changes=[],
        decision_state="open",
        decisions=[],
    )
    return AttemptReport.of(record, START)


def thumbnail() -> bytes:
    file = BytesIO()
    Image.new("RGB", (160, 120), "teal").save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hồng",
        "مريم الزهراء",
        "王小明 · 佐藤さくら · 김철수",
        "अनिता शर्मा",
        "สมชาย ใจดี",
        "A\u0308nne E\u0301va",
        "Ștefan Łukasz Ωmega Юлия",
    ],
)
def test_names_of_any_script_have_all_glyphs(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "fpdf"):
        document = pypdfium2.PdfDocument(print_attempt(make_report(name), {}))

    assert "missing" not in caplog.text
    assert document.get_metadata_value("Title") == f"Exam record of {name}"


def test_fifty_incidents_have_all_their_pictures() -> None:
    report = make_report("Ada", incidents=50, pictures=5)
    kept = {picture: thumbnail() for incident in report.record.incidents for picture in incident.pictures}

    document = pypdfium2.PdfDocument(print_attempt(report, kept))

    images = sum(
        1
        for page in document
        for found in page.get_objects()
        if found.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
    )
    assert images == 250
    outline = [item.get_title() for item in document.get_toc()]
    assert {"Incidents (50)", "Live views (1)"} <= set(outline)


def test_incident_without_pictures_says_so() -> None:
    report = make_report("Ada", incidents=1, pictures=2)

    [page, *_] = pypdfium2.PdfDocument(print_attempt(report, {}))

    assert "none is kept any more" in page.get_textpage().get_text_bounded()
