"""Incidents and their review, for the meeting's admin."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting
from api.errors import BadCursor, NotFound, ReviewConflict
from api.flags.routes import FlagAnswer, build_flag_answer, send_with_etag
from api.input.plain_text import Label, Paragraph
from api.openapi import error_responses
from api.services import Services, Use
from shared.db.flags import ReviewConflictError
from shared.db.incident_list import (
    IncidentFilter,
    ListedIncident,
    Order,
    Position,
    find_incident,
    list_incidents,
)
from shared.db.incident_reviews import IncidentReview, review_incident
from shared.db.tables import Meeting, Review
from shared.verdicts import FlagKind

router = APIRouter(tags=["flags"])

MAX_PAGE_INCIDENTS = 200
NO_SUCH_INCIDENT = "there is no such incident in this meeting; it may have been merged with the one before it"

IncidentId = Annotated[int, Path(ge=1, lt=2**63)]
OnlyPictures = Annotated[bool, Query(description="Only the flags whose pictures are kept")]


class IncidentAnswer(BaseModel):
    """Flags of one kind of one candidate, at most 30 s apart."""

    id: int
    meeting_id: UUID
    participant_id: UUID
    participant_name: str
    kind: FlagKind
    started_at: datetime
    ended_at: datetime
    flags: int = Field(description="How many frames were flagged")
    review: Review = Field(description="`open` while one of its flags is")
    reason: str | None
    reviewer: str | None
    reviewed_at: datetime | None
    strongest: FlagAnswer = Field(description="The flag of which the detector is most sure")


class IncidentPage(BaseModel):
    """A page of incidents."""

    incidents: list[IncidentAnswer]
    next: str | None = Field(description="`after` of the next page; null on the last")


class IncidentDetails(IncidentAnswer):
    """An incident and its flags."""

    all_flags: list[FlagAnswer] = Field(
        description="The first 500, by time; with `only_pictures` those whose pictures are kept"
    )


class IncidentDecision(BaseModel):
    """A decision about an incident."""

    decision: Review
    reason: Paragraph | None = None
    reviewer: Label | None = Field(None, description="Who decides; an admin key does not say")
    expected: Review | None = Field(
        None,
        description="The state that the reviewer has seen. If the incident is now in another state, and not "
        "in the decided one, or decided for another reason, nothing changes and the answer is 409. "
        "Without it the last decision wins.",
    )


@router.get(
    "/meetings/{meeting_id}/incidents",
    responses=error_responses(401, 404, 422)
    | {304: {"description": "Nothing has changed since `If-None-Match`"}},
    response_model=IncidentPage,
)
def get_incidents(
    services: Use,
    meeting: AdminMeeting,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_INCIDENTS)] = 50,
    order: Annotated[
        Order, Query(description="`worst`: by kind, then by the strongest score, or by duration")
    ] = Order.NEWEST,
    participant_id: Annotated[UUID | None, Query(description="Only this participant's")] = None,
    kind: Annotated[FlagKind | None, Query(description="Only of this kind")] = None,
    review: Annotated[
        list[Review] | None, Query(description="Only in one of these states; may be repeated")
    ] = None,
    reviewer: Annotated[Label | None, Query(description="Only reviewed by this person")] = None,
    name: Annotated[Label | None, Query(description="Only of candidates with this in their name")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Get a page of incidents. When polling, send `If-None-Match`: 304 means no change."""
    position = _parse_cursor(order, after) if after else None
    wanted = IncidentFilter(participant_id, kind, review, reviewer, name)
    rows = list_incidents(services.database, meeting.id, order, position, limit + 1, wanted)
    page = IncidentPage(
        incidents=[_build_answer(services, row) for row in rows[:limit]],
        next=_format_cursor(order, rows[limit - 1]) if len(rows) > limit else None,
    )
    return send_with_etag(page.model_dump_json().encode(), if_none_match)


@router.get("/meetings/{meeting_id}/incidents/{incident_id}", responses=error_responses(401, 404, 422))
def get_incident(
    services: Use,
    meeting: AdminMeeting,
    incident_id: IncidentId,
    *,
    only_pictures: OnlyPictures = False,
) -> IncidentDetails:
    """Get an incident with its flags."""
    return _load_details(services, meeting, incident_id, only_pictures=only_pictures)


@router.post(
    "/meetings/{meeting_id}/incidents/{incident_id}/review",
    responses=error_responses(401, 404, 409, 413, 422),
)
def post_incident_review(
    services: Use,
    meeting: AdminMeeting,
    incident_id: IncidentId,
    body: IncidentDecision,
    *,
    only_pictures: OnlyPictures = False,
) -> IncidentDetails:
    """Confirm, dismiss or reopen an incident and all its flags. A later flag opens it again. Idempotent."""
    review = IncidentReview(body.decision, body.reason, body.reviewer, body.expected)
    try:
        known = review_incident(services.database, meeting.id, incident_id, review)
    except ReviewConflictError as conflict:
        state = "reopened" if conflict.review is Review.OPEN else conflict.review.value
        raise ReviewConflict(
            f"{conflict.reviewer or 'another invigilator'} has {state} this incident;"
            " check it again, then decide"
        ) from None
    if not known:
        raise NotFound(NO_SUCH_INCIDENT)
    return _load_details(services, meeting, incident_id, only_pictures=only_pictures)


def _load_details(
    services: Services, meeting: Meeting, incident_id: int, *, only_pictures: bool
) -> IncidentDetails:
    pictures = services.settings.evidence_per_incident if only_pictures else None
    found = find_incident(services.database, meeting.id, incident_id, pictures)
    if found is None:
        raise NotFound(NO_SUCH_INCIDENT)
    listed, flags = found
    return IncidentDetails(
        **_build_answer(services, listed).model_dump(),
        all_flags=[build_flag_answer(services, flag) for flag in flags],
    )


def _build_answer(services: Services, row: ListedIncident) -> IncidentAnswer:
    incident = row.incident
    return IncidentAnswer(
        id=incident.id,
        meeting_id=incident.meeting_id,
        participant_id=incident.participant_id,
        participant_name=row.participant_name,
        kind=FlagKind(incident.kind),
        started_at=incident.started_at,
        ended_at=incident.ended_at,
        flags=incident.flags,
        review=Review(incident.review),
        reason=incident.reason,
        reviewer=incident.reviewer,
        reviewed_at=incident.reviewed_at,
        strongest=build_flag_answer(services, row.strongest),
    )


def _format_cursor(order: Order, row: ListedIncident) -> str:
    incident = row.incident
    first = incident.started_at.isoformat() if order is Order.NEWEST else str(incident.severity)
    return base64.urlsafe_b64encode(f"{order} {first} {incident.id}".encode()).decode()


def _parse_cursor(order: Order, text: str) -> Position:
    try:
        of_order, first, incident_id = base64.urlsafe_b64decode(text).decode().split(" ")
        if of_order != order:
            raise BadCursor(f"after is a cursor of the order {of_order}; use it with the same order")
        if order is Order.WORST:
            return int(first), int(incident_id)
        # In UTC: Python accepts offsets of 16 hours and more, which Postgres refuses.
        return datetime.fromisoformat(first).astimezone(UTC), int(incident_id)
    except (binascii.Error, ValueError, OverflowError):
        raise BadCursor("after is not a cursor of this list; omit it to start from the top") from None
