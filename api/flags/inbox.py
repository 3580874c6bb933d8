"""What reviewers of a meeting have in common, in one small answer that their pages poll."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting
from api.flags.routes import send_with_etag
from api.openapi import error_responses
from api.services import Use
from shared.db.incident_reviews import MAX_LATEST, load_inbox
from shared.db.tables import Incident, Review
from shared.verdicts import FlagKind

router = APIRouter(tags=["flags"])


class NewIncident(BaseModel):
    """An incident, for an alert."""

    id: int
    participant_id: UUID
    participant_name: str
    kind: FlagKind


class RecentReview(BaseModel):
    """The state of an incident that was reviewed, or reopened by a reviewer."""

    id: int
    review: Review
    reason: str | None
    reviewer: str | None
    reviewed_at: datetime | None


class InboxAnswer(BaseModel):
    """How far the review of a meeting is, and what happened last."""

    open: int
    confirmed: int
    dismissed: int
    reviewers: list[str]
    newest: list[NewIncident] = Field(description=f"The last {MAX_LATEST} that began, the last first")
    reviewed: list[RecentReview] = Field(description=f"The last {MAX_LATEST} that were reviewed")


@router.get(
    "/meetings/{meeting_id}/inbox",
    responses=error_responses(401, 404, 422)
    | {304: {"description": "Nothing has changed since `If-None-Match`"}},
    response_model=InboxAnswer,
)
def get_inbox(
    services: Use, meeting: AdminMeeting, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """Get what a reviewer's page polls: counts, new incidents, and what others have decided."""
    inbox = load_inbox(services.database, meeting.id)
    answer = InboxAnswer(
        open=inbox.counts[Review.OPEN],
        confirmed=inbox.counts[Review.CONFIRMED],
        dismissed=inbox.counts[Review.DISMISSED],
        reviewers=inbox.reviewers,
        newest=[
            NewIncident(
                id=incident.id,
                participant_id=incident.participant_id,
                participant_name=name,
                kind=FlagKind(incident.kind),
            )
            for incident, name in inbox.newest
        ],
        reviewed=[_build_review(incident) for incident in inbox.reviewed],
    )
    return send_with_etag(answer.model_dump_json().encode(), if_none_match)


def _build_review(incident: Incident) -> RecentReview:
    return RecentReview(
        id=incident.id,
        review=Review(incident.review),
        reason=incident.reason,
        reviewer=incident.reviewer,
        reviewed_at=incident.reviewed_at,
    )
