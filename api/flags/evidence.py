"""Serve the pictures of flags, and their thumbnails."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from api.auth.credentials import Authorization, may_administer, parse_id, read_viewer
from api.errors import NotAuthorised, NotFound
from api.files import PRIVATE_PICTURE_HEADERS
from api.openapi import error_responses
from api.services import Services, Use
from shared.db.audit import Action, Actor, record_action
from shared.db.evidence import StoredEvidence, find_evidence, find_thumbnail
from shared.stores.open_store import open_store
from shared.stores.store import PictureGoneError

router = APIRouter(tags=["evidence"])


@router.get(
    "/evidence/{evidence_id}",
    response_class=Response,
    responses=error_responses(401, 404, 422)
    | {
        200: {"description": "The picture", "content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}}},
        307: {"description": "The picture's address in its store"},
    },
)
def get_evidence(
    services: Use,
    request: Request,
    authorization: Authorization,
    evidence_id: str,
    signature: Annotated[str | None, Query(description="From the link in the flagged list")] = None,
) -> Response:
    """Get the picture of a flag, with a signed link that expires or with the meeting's admin key."""
    picture_id = parse_id(evidence_id, "evidence")
    if signature is not None and not services.evidence_links.verify(picture_id, signature):
        raise NotAuthorised("the link has expired or is invalid; use a new one from the flagged list")
    viewer = read_viewer(services, authorization) if signature is None else None
    evidence = find_evidence(services.database, picture_id)
    if evidence is None or not (viewer is None or may_administer(request, viewer, evidence.meeting_id)):
        raise NotFound("there is no such evidence")
    answer = _serve(services, evidence)
    record_action(
        services.database,
        evidence.meeting_id,
        Actor.LINK if viewer is None else Actor.ADMIN,
        Action.VIEWED,
        f"evidence {evidence.id}",
    )
    return answer


@router.get(
    "/thumbnails/flags/{evidence_id}",
    response_class=Response,
    responses=error_responses(401, 404, 422)
    | {200: {"description": "A thumbnail of the picture", "content": {"image/jpeg": {}}}},
)
def get_flag_thumbnail(
    services: Use,
    evidence_id: str,
    signature: Annotated[str, Query(description="From `thumbnail_url` in the flagged list")],
) -> Response:
    """Get a thumbnail of a flag's picture, at most 160 pixels a side. The audit log does not record it."""
    picture_id = parse_id(evidence_id, "evidence")
    if not services.flag_thumbnail_links.verify(picture_id, signature):
        raise NotAuthorised("the link has expired or is invalid; use a new one from the flagged list")
    thumbnail = find_thumbnail(services.database, picture_id)
    if thumbnail is None:
        raise NotFound("there is no thumbnail of this evidence; it may have been deleted")
    return Response(thumbnail, media_type="image/jpeg", headers=PRIVATE_PICTURE_HEADERS)


def _serve(services: Services, evidence: StoredEvidence) -> Response:
    """Send a pending picture from the outbox, a stored one from disk or by a redirect to its store."""
    if evidence.picture is not None:
        return Response(evidence.picture, media_type=evidence.content_type, headers=PRIVATE_PICTURE_HEADERS)
    if evidence.store is None or evidence.stored is None:
        raise NotFound("the evidence was deleted at the end of its retention")
    store = open_store(evidence.store, services.settings)
    if not store.is_served_by_gateway:
        link = store.create_link(evidence.id, evidence.stored)
        return RedirectResponse(
            link, status.HTTP_307_TEMPORARY_REDIRECT, PRIVATE_PICTURE_HEADERS | {"Cache-Control": "no-store"}
        )
    try:
        return Response(
            store.read(evidence.stored), media_type=evidence.content_type, headers=PRIVATE_PICTURE_HEADERS
        )
    except PictureGoneError:
        raise NotFound("the evidence is no longer in its store") from None
