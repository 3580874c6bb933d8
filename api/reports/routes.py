"""Reports of an attempt and of a whole exam, for the meeting's admin."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.auth.credentials import AdminMeeting
from api.errors import NotFound
from api.files import send_file, spool
from api.flags.routes import FlagAnswer, build_flag_answer
from api.openapi import error_responses
from api.participants.participant_id import NO_SUCH_PARTICIPANT, ParticipantId
from api.reports.csv import format_exam_csv
from api.reports.printing import MAX_WAIT_SECONDS
from api.reports.record import load_report, summarise
from api.services import Services, Use
from shared.db.audit import Action, Actor, record_action
from shared.db.flags import list_flags_with_pictures
from shared.db.meetings import find_participant, list_candidate_ids
from shared.db.tables import Meeting
from shared.reports import AttemptRecord, AttemptReport, ExamReport, ExamRow

router = APIRouter(tags=["reports"])

ATTEMPT = "/meetings/{meeting_id}/participants/{participant_id}"
PDF: dict[int | str, dict[str, object]] = {
    200: {"description": "The report", "content": {"application/pdf": {}}}
}


Wait = Annotated[
    float, Query(ge=1, le=MAX_WAIT_SECONDS, description="How many seconds to wait for a worker to print it")
]


class PictureList(BaseModel):
    """A candidate's flags whose pictures are not deleted, by time."""

    flags: list[FlagAnswer]


@router.get(f"{ATTEMPT}/record", responses=error_responses(401, 404, 422))
def get_record(services: Use, meeting: AdminMeeting, participant_id: ParticipantId) -> AttemptRecord:
    """Get the record of an attempt, for a page that polls it: unlike a report it is no export."""
    return _load(services, meeting, participant_id).record


@router.get(f"{ATTEMPT}/pictures", responses=error_responses(401, 404, 422))
def get_pictures(services: Use, meeting: AdminMeeting, participant_id: ParticipantId) -> PictureList:
    """Get the pictures that are stored of a candidate, with their flags."""
    participant = find_participant(services.database, participant_id)
    if participant is None or participant.meeting_id != meeting.id:
        raise NotFound(NO_SUCH_PARTICIPANT)
    rows = list_flags_with_pictures(services.database, meeting.id, participant_id)
    return PictureList(flags=[build_flag_answer(services, row) for row in rows])


@router.get(f"{ATTEMPT}/report.json", responses=error_responses(401, 404, 422))
def get_report(services: Use, meeting: AdminMeeting, participant_id: ParticipantId) -> AttemptReport:
    """Get everything that is recorded about an attempt; pictures are named, not included."""
    report = _load(services, meeting, participant_id)
    _record_export(services, meeting, f"report of participant {participant_id}")
    return report


@router.get(f"{ATTEMPT}/report.pdf", response_class=Response, responses=error_responses(401, 404, 422) | PDF)
async def get_report_pdf(
    services: Use, meeting: AdminMeeting, participant_id: ParticipantId, wait: Wait = MAX_WAIT_SECONDS
) -> Response:
    """Get the same as PDF, with thumbnails of the pictures that are kept."""
    report = await run_in_threadpool(_load, services, meeting, participant_id)
    pdf = await services.report_printer.print(services.shards.of(meeting).redis, report, wait)
    # The person may have been erased while the report was printed.
    if await run_in_threadpool(find_participant, services.database, participant_id) is None:
        raise NotFound(NO_SUCH_PARTICIPANT)
    await run_in_threadpool(_record_export, services, meeting, f"report of participant {participant_id}")
    return _send_pdf(pdf, f"report-{participant_id}.pdf")


@router.get(
    "/meetings/{meeting_id}/report.csv",
    response_class=StreamingResponse,
    responses=error_responses(401, 404, 422)
    | {200: {"description": "A line for each candidate", "content": {"text/csv": {}}}},
)
def get_exam_csv(services: Use, meeting: AdminMeeting) -> StreamingResponse:
    """Export a line for each candidate: minutes by state, gaps, incidents, decision."""
    _record_export(services, meeting, "the report")
    file = spool(format_exam_csv(_iterate_rows(services, meeting)))
    return send_file(file, f"report-{meeting.id}.csv", "text/csv; charset=utf-8")


@router.get(
    "/meetings/{meeting_id}/report.pdf",
    response_class=Response,
    responses=error_responses(401, 404, 422) | PDF,
)
async def get_exam_pdf(services: Use, meeting: AdminMeeting, wait: Wait = MAX_WAIT_SECONDS) -> Response:
    """Get the same as PDF."""
    report = await run_in_threadpool(_load_exam, services, meeting)
    pdf = await services.report_printer.print(services.shards.of(meeting).redis, report, wait)
    await run_in_threadpool(_record_export, services, meeting, "the report")
    return _send_pdf(pdf, f"report-{meeting.id}.pdf")


def _load(services: Services, meeting: Meeting, participant_id: UUID) -> AttemptReport:
    shard = services.shards.name_of(meeting)
    now = datetime.now(UTC)
    report = load_report(services.database, meeting, shard, participant_id, services.settings.rules, now)
    if report is None:
        raise NotFound(NO_SUCH_PARTICIPANT)
    return report


def _load_exam(services: Services, meeting: Meeting) -> ExamReport:
    return ExamReport(
        generated_at=datetime.now(UTC),
        meeting_id=meeting.id,
        title=meeting.title,
        created_at=meeting.created_at,
        rows=list(_iterate_rows(services, meeting)),
    )


def _iterate_rows(services: Services, meeting: Meeting) -> Iterator[ExamRow]:
    for participant_id in list_candidate_ids(services.database, meeting.id):
        try:
            yield summarise(_load(services, meeting, participant_id))
        except NotFound:  # erased meanwhile
            continue


def _record_export(services: Services, meeting: Meeting, target: str) -> None:
    record_action(services.database, meeting.id, Actor.ADMIN, Action.EXPORTED, target)


def _send_pdf(pdf: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)
