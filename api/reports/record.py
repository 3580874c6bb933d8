"""The record of an attempt, put together from Postgres."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from api.participants.timeline_routes import Timeline, build_timeline
from shared.db.attempts import Attempt, AttemptIncident, load_attempt
from shared.db.audit import Entry
from shared.db.decisions import DecisionRecord, DecisionState
from shared.db.tables import Meeting, Review
from shared.db.timeline import load_record
from shared.reports import (
    AttemptRecord,
    AttemptReport,
    ExamRow,
    ReportDecision,
    ReportGap,
    ReportIncident,
    ReportMessage,
    RuleChange,
)
from shared.rules import RuleOverrides, Rules
from shared.verdicts import Findings, FlagKind


def load_report(
    database: Engine, meeting: Meeting, shard: str, participant_id: UUID, defaults: Rules, now: datetime
) -> AttemptReport | None:
    """Return the report of an attempt; None if the meeting has no such participant."""
    attempt = load_attempt(database, meeting.id, participant_id)
    minutes = load_record(database, meeting.id, shard, participant_id)
    if attempt is None or minutes is None:
        return None
    timeline = build_timeline(participant_id, minutes, now)
    return AttemptReport.of(_build_record(attempt, timeline, defaults), now)


def _build_record(attempt: Attempt, timeline: Timeline, defaults: Rules) -> AttemptRecord:
    meeting, participant = attempt.meeting, attempt.participant
    return AttemptRecord(
        meeting_id=meeting.id,
        title=meeting.title,
        participant_id=participant.id,
        name=participant.name,
        joined_at=participant.created_at,
        left_at=participant.left_at,
        finished_at=participant.finished_at,
        started_at=timeline.start,
        states=timeline.states,
        minutes_by_state={str(state): count for state, count in timeline.minutes_by_state.items()},
        minutes_by_gap={str(gap): count for gap, count in timeline.minutes_by_gap.items()},
        gaps=[ReportGap.model_validate(gap.model_dump()) for gap in timeline.gaps],
        incidents=[_build_incident(incident) for incident in attempt.incidents],
        messages=[
            ReportMessage.model_validate(message, from_attributes=True) for message in attempt.messages
        ],
        live_views=[entry.at for entry in attempt.live_views],
        rules=RuleOverrides.model_validate(meeting.rules).merged_with(defaults),
        rule_changes=[_build_change(entry) for entry in attempt.rule_changes],
        decision_state=attempt.decisions[0].state if attempt.decisions else DecisionState.OPEN,
        decisions=[_build_decision(record) for record in attempt.decisions],
    )


def _build_incident(row: AttemptIncident) -> ReportIncident:
    incident = row.incident
    return ReportIncident(
        id=incident.id,
        kind=FlagKind(incident.kind),
        started_at=incident.started_at,
        ended_at=incident.ended_at,
        flags=incident.flags,
        review=Review(incident.review),
        reason=incident.reason,
        reviewer=incident.reviewer,
        reviewed_at=incident.reviewed_at,
        findings=Findings.model_validate(row.strongest.findings),
        pictures=list(row.pictures),
    )


def _build_change(entry: Entry) -> RuleChange:
    before = dict(entry.before) if entry.before is not None else None
    after = dict(entry.after) if entry.after is not None else None
    return RuleChange(at=entry.at, actor=entry.actor, before=before, after=after)


def _build_decision(record: DecisionRecord) -> ReportDecision:
    return ReportDecision(
        outcome=record.outcome,
        takes_effect=record.takes_effect,
        reason_code=record.reason_code,
        comment=record.comment,
        reader_name=record.reader.name,
        reader_email=record.reader.email,
        at=record.decided_at,
    )


def summarise(report: AttemptReport) -> ExamRow:
    """Return the line of an attempt in the report of the whole exam."""
    record = report.record
    reviews = Counter(incident.review for incident in record.incidents)
    is_decided = record.decision_state == DecisionState.DECIDED
    return ExamRow(
        participant_id=record.participant_id,
        name=record.name,
        joined_at=record.joined_at,
        left_at=record.left_at,
        finished_at=record.finished_at,
        minutes_by_state=record.minutes_by_state,
        minutes_by_gap=record.minutes_by_gap,
        incidents_open=reviews[Review.OPEN],
        incidents_confirmed=reviews[Review.CONFIRMED],
        incidents_dismissed=reviews[Review.DISMISSED],
        decision_state=record.decision_state,
        outcome=record.decisions[0].outcome if is_decided else None,
        sha256=report.sha256,
    )
