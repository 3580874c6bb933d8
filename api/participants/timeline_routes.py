"""The timeline of one candidate's exam, and what their page reports about gaps."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from fastapi import APIRouter, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field, model_validator

from api.auth.credentials import (
    BEARER_DOCUMENTED,
    Authorization,
    check_admin,
    parse_id,
    read_viewer,
    require_candidate,
    require_meeting,
)
from api.auth.rate_limits import RateLimit
from api.auth.tokens import Bearer
from api.errors import NotFound
from api.openapi import error_responses
from api.participants.participant_id import NO_SUCH_PARTICIPANT, ParticipantId
from api.participants.timeline import Gap, GapType, find_gaps, find_last_minute
from api.services import Services, Use
from shared.db.interruptions import Interruption, InterruptionType, Reporter, report_interruptions
from shared.db.timeline import Record, load_record
from shared.presence.last_seen import FrameState

router = APIRouter(tags=["people"])

MAX_INTERRUPTIONS = 20
MAX_SECONDS_AGO = 24 * 3_600
"""The lifetime of a token."""
REPORT_LIMIT = RateLimit("interruptions", "reports of interruptions", 30, 60)

StateName = Literal["verified", "flagged", "face_hidden", "nobody", "dark", "gap", "finished"]
STATE_NAMES: dict[FrameState, StateName] = {
    FrameState.VERIFIED: "verified",
    FrameState.FLAGGED: "flagged",
    FrameState.FACE_HIDDEN: "face_hidden",
    FrameState.NOBODY: "nobody",
    FrameState.DARK: "dark",
    FrameState.NOTHING: "gap",
}


class TimelineGap(BaseModel):
    """Consecutive minutes without frames, for one reason."""

    start: datetime
    minutes: int
    type: GapType
    reported_by: Reporter | None = Field(
        description="`page`: only the candidate's page says so; null if the reason is unknown"
    )


class Timeline(BaseModel):
    """One candidate's exam, from the first minute with frames. The lists have an entry for each minute."""

    participant_id: UUID
    start: datetime | None = Field(description="Start of the first minute; null without any frame")
    states: str = Field(
        description="One letter a minute: "
        "v verified, f flagged, h face not visible, n nobody, d dark, - no frame",
        examples=["vvvvvfvvvv---vvv"],
    )
    frames: list[int] = Field(description="Frames judged")
    faces: list[int] = Field(description="The most faces in one frame")
    gaps: list[TimelineGap]
    minutes_by_state: dict[StateName, int] = Field(
        description="`finished`: minutes after they had finished, until they reopened the exam; no gap"
    )
    minutes_by_gap: dict[GapType, int]


class ReportedInterruption(BaseModel):
    """Why the page could not send frames for some time. Ages, as the page's clock may be wrong."""

    type: Literal[InterruptionType.NETWORK, InterruptionType.PAGE_CLOSED, InterruptionType.CAMERA_OFF]
    started_seconds_ago: float = Field(ge=0, le=MAX_SECONDS_AGO)
    ended_seconds_ago: float = Field(ge=0, le=MAX_SECONDS_AGO)

    @model_validator(mode="after")
    def _ends_last(self) -> Self:
        if self.ended_seconds_ago > self.started_seconds_ago:
            raise ValueError("it ended before it started")
        return self


class InterruptionReport(BaseModel):
    """What the page saw while it could not send."""

    interruptions: list[ReportedInterruption] = Field(min_length=1, max_length=MAX_INTERRUPTIONS)


@router.get(
    "/meetings/{meeting_id}/participants/{participant_id}/timeline", responses=error_responses(401, 404, 422)
)
def get_timeline(
    request: Request,
    services: Use,
    authorization: Authorization,
    meeting_id: str,
    participant_id: ParticipantId,
) -> Timeline:
    """Get a candidate's exam minute by minute: for the meeting's admin, and for the candidate."""
    viewer = read_viewer(services, authorization)
    meeting = require_meeting(services, meeting_id)
    if not isinstance(viewer, Bearer):
        check_admin(request, meeting, viewer)
    elif (viewer.meeting_id, viewer.participant_id) != (meeting.id, participant_id):
        raise NotFound(NO_SUCH_PARTICIPANT)
    record = load_record(services.database, meeting.id, services.shards.name_of(meeting), participant_id)
    if record is None:
        raise NotFound(NO_SUCH_PARTICIPANT)
    return build_timeline(participant_id, record, datetime.now(UTC))


def build_timeline(participant_id: UUID, record: Record, now: datetime) -> Timeline:
    """Build the answer from what is recorded."""
    first = record.minutes[0].minute if record.minutes else 0
    last = find_last_minute(record, now) if record.minutes else -1
    gaps = find_gaps(record, last) if record.minutes else []
    minutes = {minute.minute: minute for minute in record.minutes}
    row = [minutes.get(minute) for minute in range(first, last + 1)]
    states = [FrameState(minute.state) if minute else FrameState.NOTHING for minute in row]
    counts = Counter(states)
    by_gap = Counter(dict.fromkeys(GapType, 0))
    for gap in gaps:
        by_gap[gap.type] += gap.minutes
    by_state = {name: counts[state] for state, name in STATE_NAMES.items()}
    by_state["finished"] = by_gap[GapType.FINISHED]
    by_state["gap"] -= by_state["finished"]
    return Timeline(
        participant_id=participant_id,
        start=_to_time(first) if record.minutes else None,
        states="".join(states),
        frames=[minute.frames if minute else 0 for minute in row],
        faces=[minute.faces if minute else 0 for minute in row],
        gaps=[_build_gap(gap) for gap in gaps],
        minutes_by_state=by_state,
        minutes_by_gap=dict(by_gap),
    )


def _build_gap(gap: Gap) -> TimelineGap:
    return TimelineGap(
        start=_to_time(gap.start), minutes=gap.minutes, type=gap.type, reported_by=gap.reported_by
    )


def _to_time(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


@router.post(
    "/meetings/{meeting_id}/interruptions",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(401, 404, 413, 422, 429),
    openapi_extra=BEARER_DOCUMENTED,
)
async def post_interruptions(
    request: Request, services: Use, meeting_id: str, body: InterruptionReport
) -> None:
    """Report, as the candidate's page, why it sent no frames for some time. Marked as the page's word."""
    candidate = await require_candidate(request)
    if candidate.meeting_id != parse_id(meeting_id, "meeting"):
        raise NotFound("the token is not for this meeting")
    shard = await services.shards.locate(candidate.meeting_id)
    await REPORT_LIMIT.count(shard.redis, candidate.participant_id)
    if not await run_in_threadpool(_report, services, candidate, body):
        raise NotFound("the candidate was erased from the meeting")


def _report(services: Services, candidate: Bearer, body: InterruptionReport) -> bool:
    now = datetime.now(UTC)
    interruptions = [
        Interruption(
            candidate.participant_id,
            item.type,
            Reporter.PAGE,
            now - timedelta(seconds=item.started_seconds_ago),
            now - timedelta(seconds=item.ended_seconds_ago),
        )
        for item in body.interruptions
    ]
    return report_interruptions(services.database, candidate.meeting_id, interruptions)
