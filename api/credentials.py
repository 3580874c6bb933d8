"""Who is asking: a participant by token, an admin by the meeting's key, the operator by theirs."""

import hmac
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from api.errors import NotAuthorised, NotFound
from api.limits import Limit, address_of
from api.services import Services, Use, services_of
from api.tokens import Bearer
from shared.jobs import Job
from shared.meetings import find_meeting, is_admin_key
from shared.tables import Meeting, Role

_bearer = HTTPBearer(
    auto_error=False, description="A participant's token, a meeting's admin key, or the operator key"
)

Authorization = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def parse_id(text: str, what: str) -> UUID:
    """An id from outside; NotFound for what can't be one, as there is nothing of that name."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"there is no such {what}") from None


def require_meeting(services: Services, meeting_id: str) -> Meeting:
    """The meeting, or NotFound."""
    meeting = find_meeting(services.database, parse_id(meeting_id, "meeting"))
    if meeting is None:
        raise NotFound("there is no such meeting")
    return meeting


def check_admin(meeting: Meeting, admin_key: str) -> None:
    """Raises NotAuthorised unless this is the meeting's admin key."""
    if not is_admin_key(meeting, admin_key):
        raise NotAuthorised("this is not the admin key of the meeting")


def bearer_text(authorization: HTTPAuthorizationCredentials | None) -> str:
    """What was sent as `Authorization: Bearer …`, or NotAuthorised."""
    if authorization is None:
        raise NotAuthorised("send your credentials as 'Authorization: Bearer …'")
    return authorization.credentials


Viewer = Bearer | str
"""Somebody who asks to see something: a participant, or the holder of what should be an admin key."""


def read_viewer(services: Services, authorization: HTTPAuthorizationCredentials | None) -> Viewer:
    """Who is asking; raises NotAuthorised or InvalidToken."""
    return viewer_of(services, bearer_text(authorization))


def viewer_of(services: Services, text: str) -> Viewer:
    """Whose credentials these are; raises InvalidToken."""
    # A token is a JWT, which has dots; an admin key has none.
    return services.tokens.read(text) if "." in text else text


async def require_candidate(request: Request) -> Bearer:
    """The candidate who sends this request; raises NotAuthorised or InvalidToken.

    To be called, not to be depended on: resolving a dependency takes FastAPI longer than all the rest of
    accepting a frame.
    """
    viewer = read_viewer(services_of(request), await _bearer(request))
    if not isinstance(viewer, Bearer) or viewer.role is not Role.CANDIDATE:
        raise NotAuthorised("frames are sent with a candidate's token; join the meeting to get one")
    return viewer


BEARER_DOCUMENTED: dict[str, object] = {"security": [{_bearer.scheme_name: []}]}
"""Tells the documentation that a route which calls `require_candidate` wants a bearer token."""


async def may_see_job(services: Services, viewer: Viewer, job: Job) -> bool:
    """Whether this is the participant whose frame it is, or the admin of the meeting."""
    if isinstance(viewer, Bearer):
        return (viewer.meeting_id, viewer.participant_id) == (job.meeting_id, job.participant_id)
    return await run_in_threadpool(may_administer, services, viewer, job.meeting_id)


def may_administer(services: Services, viewer: Viewer, meeting_id: UUID) -> bool:
    """Whether the viewer holds the meeting's admin key."""
    meeting = find_meeting(services.database, meeting_id)
    return isinstance(viewer, str) and meeting is not None and is_admin_key(meeting, viewer)


def _admin_meeting(services: Use, authorization: Authorization, meeting_id: str) -> Meeting:
    key = bearer_text(authorization)
    meeting = require_meeting(services, meeting_id)
    check_admin(meeting, key)
    return meeting


AdminMeeting = Annotated[Meeting, Depends(_admin_meeting)]
"""The meeting in the path, for a caller with its admin key."""


def is_operator_key(key: SecretStr | None, text: str) -> bool:
    """Whether this is the operator key; without one set, nothing is."""
    return key is not None and hmac.compare_digest(
        text.encode(errors="replace"), key.get_secret_value().encode()
    )


async def _may_create_meetings(services: Use, request: Request, authorization: Authorization) -> None:
    key = services.settings.operator_key
    if authorization and is_operator_key(key, authorization.credentials):
        return
    most = services.settings.meetings_per_hour
    await Limit("meetings", "meetings from this address", most, 3_600).count(
        services.redis, address_of(request)
    )
    if key is not None:
        bearer_text(authorization)
        raise NotAuthorised("meetings are created with the operator key")


MayCreateMeetings = Depends(_may_create_meetings)
"""Holders of the operator key as often as they like; others where there is none, and not too many of them."""


async def _may_join(services: Use, request: Request, meeting_id: str) -> None:
    most = services.settings.joins_per_minute
    meeting, address = parse_id(meeting_id, "meeting"), address_of(request)
    await Limit("joins-from", "people joining from this address", most, 60).count(services.redis, address)
    await Limit("joins-to", "people joining this meeting", most, 60).count(services.redis, meeting)


MayJoin = Depends(_may_join)
"""Anybody with the link, as long as it is not a flood."""
