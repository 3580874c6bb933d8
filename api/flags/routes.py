"""The flagged list and reviews, for the meeting's admin."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting, check_admin, require_meeting
from api.errors import BadCursor, NotFound, ReviewConflict
from api.files import send_file, spool
from api.flags.csv import format_flags_csv
from api.meetings.routes import AdminClaim
from api.openapi import error_responses
from api.services import Services, Use
from shared.db.audit import Action, Actor, record_action
from shared.db.flags import (
    Cursor,
    FlagFilter,
    ListedFlag,
    ReviewConflictError,
    find_flag,
    iterate_flags,
    list_flags,
    review_flag,
)
from shared.db.tables import EvidenceStatus, Review
from shared.settings import StoreName
from shared.verdicts import Findings, FlagKind

router = APIRouter(tags=["flags"])

MAX_PAGE_FLAGS = 500
NO_SUCH_FLAG = "there is no such flag in this meeting"

FlagId = Annotated[int, Path(ge=1, lt=2**63)]


class FlagAnswer(BaseModel):
    """A flagged frame, for a human to review."""

    id: int
    job_id: UUID
    ts: datetime = Field(description="When the frame was accepted")
    meeting_id: UUID
    participant_id: UUID
    participant_name: str
    kind: FlagKind
    faces: int
    img_url: str | None = Field(description="A link to the picture that expires; null once it is deleted")
    thumbnail_url: str | None = Field(
        description="A link to a thumbnail of at most 160 pixels a side, which expires; null once it is "
        "deleted, and for flags older than thumbnails. The audit log records only opening `img_url`."
    )
    evidence: EvidenceStatus
    verdict: str
    review: Review
    incident_id: int | None = Field(
        description="The incident it belongs to; null for some seconds after an upgrade"
    )
    findings: Findings


class FlagPage(BaseModel):
    """A page of the flagged list."""

    flags: list[FlagAnswer]
    next: str | None = Field(description="`after` of the next page, with older flags; null on the last")


@router.get(
    "/meetings/{meeting_id}/flags",
    responses=error_responses(401, 404, 422)
    | {304: {"description": "Nothing has changed since `If-None-Match`"}},
    response_model=FlagPage,
)
def get_flags(
    services: Use,
    meeting: AdminMeeting,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_FLAGS)] = 100,
    participant_id: Annotated[UUID | None, Query(description="Only this participant's")] = None,
    kind: Annotated[FlagKind | None, Query(description="Only of this kind")] = None,
    review: Annotated[
        list[Review] | None, Query(description="Only in one of these states; may be repeated")
    ] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Get a page of flags, newest first. When polling, send `If-None-Match`: 304 means no change."""
    cursor = _parse_cursor(after) if after else None
    filtered = FlagFilter(participant_id, kind, review)
    rows = list_flags(services.database, meeting.id, cursor, limit + 1, filtered)
    page = FlagPage(
        flags=[build_flag_answer(services, row) for row in rows[:limit]],
        next=_format_cursor(rows[limit - 1]) if len(rows) > limit else None,
    )
    return send_with_etag(page.model_dump_json().encode(), if_none_match)


def send_with_etag(body: bytes, if_none_match: str | None) -> Response:
    """Return the JSON body with its ETag, or 304 if the client has it already."""
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Cache-Control": "private, no-cache",
    }
    # `in`, not `==`: a compressing proxy makes the tag weak, and a cache may send several.
    if if_none_match and headers["ETag"] in if_none_match:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.post("/multiple_faces_list", responses=error_responses(401, 404, 413, 422, 429))
def multiple_faces_list(services: Use, request: Request, body: AdminClaim) -> list[FlagAnswer]:
    """Get the newest 500 flags, for clients of the tutorial; `GET /meetings/{id}/flags` has all."""
    meeting = require_meeting(services, body.meeting_id)
    check_admin(request, meeting, body.admin_id)
    return [
        build_flag_answer(services, row)
        for row in list_flags(services.database, meeting.id, None, MAX_PAGE_FLAGS)
    ]


@router.get("/meetings/{meeting_id}/flags/{flag_id}", responses=error_responses(401, 404, 422))
def get_flag(services: Use, meeting: AdminMeeting, flag_id: FlagId) -> FlagAnswer:
    """Get one flag."""
    row = find_flag(services.database, meeting.id, flag_id)
    if row is None:
        raise NotFound(NO_SUCH_FLAG)
    return build_flag_answer(services, row)


class Decision(BaseModel):
    """A decision about a flag."""

    decision: Review
    expected: Review | None = Field(
        None,
        description="The state that the reviewer has seen. If the flag is now in another state, and not in "
        "the decided one, nothing changes and the answer is 409. Without it the last decision wins.",
    )


@router.post(
    "/meetings/{meeting_id}/flags/{flag_id}/review", responses=error_responses(401, 404, 409, 413, 422)
)
def post_review(services: Use, meeting: AdminMeeting, flag_id: FlagId, body: Decision) -> FlagAnswer:
    """Confirm, dismiss or reopen a flag. Idempotent."""
    try:
        row = review_flag(services.database, meeting.id, flag_id, body.decision, body.expected)
    except ReviewConflictError as conflict:
        raise ReviewConflict(_CONFLICTS[conflict.review]) from None
    if row is None:
        raise NotFound(NO_SUCH_FLAG)
    return build_flag_answer(services, row)


@router.get(
    "/meetings/{meeting_id}/flags.csv",
    response_class=StreamingResponse,
    responses=error_responses(401, 404, 422)
    | {200: {"description": "The whole flagged list", "content": {"text/csv": {}}}},
)
def get_flags_csv(services: Use, meeting: AdminMeeting) -> StreamingResponse:
    """Export the whole flagged list as CSV, without pictures and links."""
    record_action(services.database, meeting.id, Actor.ADMIN, Action.EXPORTED, "the flagged list")
    file = spool(format_flags_csv(iterate_flags(services.database, meeting.id)))
    return send_file(file, f"flags-{meeting.id}.csv", "text/csv; charset=utf-8")


_CONFLICTS = {
    Review.OPEN: "another invigilator has reopened this flag; check it again, then decide",
    Review.CONFIRMED: "another invigilator has confirmed this flag; check it again, then decide",
    Review.DISMISSED: "another invigilator has dismissed this flag; check it again, then decide",
}


def build_flag_answer(services: Services, row: ListedFlag) -> FlagAnswer:
    """Return the flag as clients receive it, with links to its pictures."""
    flag = row.flag
    return FlagAnswer(
        id=flag.id,
        job_id=flag.job_id,
        ts=flag.taken_at,
        meeting_id=flag.meeting_id,
        participant_id=flag.participant_id,
        participant_name=row.participant_name,
        kind=FlagKind(flag.kind),
        faces=flag.faces,
        img_url=_img_url(services, row),
        thumbnail_url=services.flag_thumbnail_links.create_link(row.evidence_id)
        if row.has_thumbnail
        else None,
        evidence=EvidenceStatus(row.evidence_status),
        verdict=flag.kind,
        review=Review(flag.review),
        incident_id=flag.incident_id,
        findings=Findings.model_validate(flag.findings),
    )


def _img_url(services: Services, row: ListedFlag) -> str | None:
    """Return Imgur's link if the picture is there; otherwise ours, which is verified at each request."""
    if row.evidence_status == EvidenceStatus.DELETED:
        return None
    if row.store == StoreName.IMGUR:
        return row.reference
    return services.evidence_links.create_link(row.evidence_id)


def _format_cursor(row: ListedFlag) -> str:
    return base64.urlsafe_b64encode(f"{row.flag.taken_at.isoformat()} {row.flag.id}".encode()).decode()


def _parse_cursor(text: str) -> Cursor:
    try:
        taken_at, flag_id = base64.urlsafe_b64decode(text).decode().split(" ")
        # In UTC: Python accepts offsets of 16 hours and more, which Postgres refuses.
        return Cursor(datetime.fromisoformat(taken_at).astimezone(UTC), int(flag_id))
    except (binascii.Error, ValueError, OverflowError):
        raise BadCursor("after is not a cursor of this list; omit it to start with the newest flag") from None
