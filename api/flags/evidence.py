"""The picture behind a flag."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from api.auth.credentials import Authorization, may_administer, parse_id, read_viewer
from api.errors import NotAuthorised, NotFound
from api.files import PRIVATE_PICTURE_HEADERS
from api.openapi import answers
from api.services import Services, Use
from shared.db.audit import Action, Actor, record_action
from shared.db.evidence import StoredEvidence, find_evidence, find_thumbnail
from shared.stores.open_store import open_store
from shared.stores.store import PictureGoneError

router = APIRouter(tags=["evidence"])


@router.get(
    "/evidence/{evidence_id}",
    response_class=Response,
    responses=answers(401, 404, 422)
    | {
        200: {"description": "The picture", "content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}}},
        307: {"description": "Where the store has it"},
    },
)
def get_evidence(
    services: Use,
    request: Request,
    authorization: Authorization,
    evidence_id: str,
    signature: Annotated[str | None, Query(description="From the link in the flagged list")] = None,
) -> Response:
    """The picture, by a signed link that expires or with the meeting's admin key."""
    picture_id = parse_id(evidence_id, "evidence")
    if signature is not None and not services.evidence_links.verify(picture_id, signature):
        raise NotAuthorised("the link has expired or was altered; take a new one from the flagged list")
    viewer = read_viewer(services, authorization) if signature is None else None
    kept = find_evidence(services.database, picture_id)
    if kept is None or not (viewer is None or may_administer(request, viewer, kept.meeting_id)):
        raise NotFound("there is no such evidence")
    answer = _serve(services, kept)
    record_action(
        services.database,
        kept.meeting_id,
        Actor.LINK if viewer is None else Actor.ADMIN,
        Action.VIEWED,
        f"evidence {kept.id}",
    )
    return answer


@router.get(
    "/thumbnails/flags/{evidence_id}",
    response_class=Response,
    responses=answers(401, 404, 422)
    | {200: {"description": "The picture, small", "content": {"image/jpeg": {}}}},
)
def get_flag_thumbnail(
    services: Use,
    evidence_id: str,
    signature: Annotated[str, Query(description="From `thumbnail_url` in the flagged list")],
) -> Response:
    """A flag's picture at up to 160 pixels a side. The audit log's `looked` means the large one alone."""
    picture_id = parse_id(evidence_id, "evidence")
    if not services.flag_thumbnail_links.verify(picture_id, signature):
        raise NotAuthorised("the link has expired or was altered; take a new one from the flagged list")
    thumbnail = find_thumbnail(services.database, picture_id)
    if thumbnail is None:
        raise NotFound("there is no thumbnail of this evidence: it was deleted, or never made")
    return Response(thumbnail, media_type="image/jpeg", headers=PRIVATE_PICTURE_HEADERS)


def _serve(services: Services, kept: StoredEvidence) -> Response:
    """From the outbox while it is pending, then from the disk, or by a redirect to another store."""
    if kept.picture is not None:
        return Response(kept.picture, media_type=kept.content_type, headers=PRIVATE_PICTURE_HEADERS)
    if kept.store is None or kept.stored is None:
        raise NotFound("the evidence was deleted when its time was over")
    store = open_store(kept.store, services.settings)
    if not store.is_served_by_gateway:
        link = store.create_link(kept.id, kept.stored)
        return RedirectResponse(
            link, status.HTTP_307_TEMPORARY_REDIRECT, PRIVATE_PICTURE_HEADERS | {"Cache-Control": "no-store"}
        )
    try:
        return Response(
            store.read(kept.stored), media_type=kept.content_type, headers=PRIVATE_PICTURE_HEADERS
        )
    except PictureGoneError:
        raise NotFound("the evidence is no longer in its store") from None
