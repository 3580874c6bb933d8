"""The report of an attempt and of a whole exam, as JSON: the gateway builds it, a worker prints it."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.db.tables import Review
from shared.rules import Rules
from shared.verdicts import Findings, FlagKind


class ReportGap(BaseModel):
    """Consecutive minutes without frames."""

    start: datetime
    minutes: int
    type: str
    reported_by: str | None


class ReportIncident(BaseModel):
    """An incident, and what the detectors found in its strongest flag."""

    id: int
    kind: FlagKind
    started_at: datetime
    ended_at: datetime
    flags: int
    review: Review
    reason: str | None
    reviewer: str | None
    reviewed_at: datetime | None
    findings: Findings
    pictures: list[UUID] = Field(description="Evidence that is kept, by time")


class ReportMessage(BaseModel):
    """A message to the candidate, and their receipts."""

    text: str
    sent_at: datetime
    delivered_at: datetime | None
    acknowledged_at: datetime | None


class ReportDecision(BaseModel):
    """What a reader concluded, or a reopening."""

    outcome: str
    takes_effect: bool
    reason_code: str | None
    comment: str
    reader_name: str
    reader_email: str
    at: datetime


class RuleChange(BaseModel):
    """A change of the meeting's rules."""

    at: datetime
    actor: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AttemptRecord(BaseModel):
    """Everything that is recorded about one candidate's attempt."""

    meeting_id: UUID
    title: str
    participant_id: UUID
    name: str
    joined_at: datetime
    left_at: datetime | None
    finished_at: datetime | None
    started_at: datetime | None = Field(description="Start of the first minute with frames")
    states: str = Field(description="One letter a minute, as in the timeline")
    minutes_by_state: dict[str, int]
    minutes_by_gap: dict[str, int]
    gaps: list[ReportGap]
    incidents: list[ReportIncident]
    messages: list[ReportMessage]
    live_views: list[datetime] = Field(description="When invigilators began to watch live")
    rules: Rules = Field(description="The rules now; `rule_changes` has those before")
    rule_changes: list[RuleChange]
    decision_state: str
    decisions: list[ReportDecision] = Field(description="Newest first")


class AttemptReport(BaseModel):
    """The record of an attempt, and its hash."""

    generated_at: datetime
    sha256: str = Field(description="Of `record` as JSON without blanks: the same while nothing changes")
    record: AttemptRecord

    @classmethod
    def of(cls, record: AttemptRecord, now: datetime) -> "AttemptReport":
        """Return the report of a record."""
        digest = hashlib.sha256(record.model_dump_json().encode()).hexdigest()
        return cls(generated_at=now, sha256=digest, record=record)


class ExamRow(BaseModel):
    """One candidate in the report of a whole exam."""

    participant_id: UUID
    name: str
    joined_at: datetime
    left_at: datetime | None
    finished_at: datetime | None
    minutes_by_state: dict[str, int]
    minutes_by_gap: dict[str, int]
    incidents_open: int
    incidents_confirmed: int
    incidents_dismissed: int
    decision_state: str
    outcome: str | None
    sha256: str = Field(description="Of the record of the attempt")


class ExamReport(BaseModel):
    """All attempts of a meeting."""

    generated_at: datetime
    meeting_id: UUID
    title: str
    created_at: datetime
    rows: list[ExamRow]


class ReportRequest(BaseModel):
    """What a worker is to print."""

    report: AttemptReport | ExamReport


REPORT_SECONDS = 60
"""How long the data of a report, and the PDF made of it, are kept in Redis."""


def report_data_key(request: UUID) -> str:
    """Return the key of the JSON to print."""
    return f"report:{request}"


def report_pdf_key(request: UUID) -> str:
    """Return the key of the list to which the PDF is pushed."""
    return f"report-pdf:{request}"
