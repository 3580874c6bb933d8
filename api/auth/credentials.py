"""Who is asking: a participant by token, an admin by the meeting's key, the operator by theirs."""

import hmac
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from api.auth.client_address import address_of
from api.auth.rate_limits import RateLimit
from api.auth.tokens import Bearer
from api.errors import NotAuthorised, NotFound
from api.services import Services, Use, services_of
from shared.db.audit import Actor
from shared.db.meetings import find_meeting, is_admin_key
from shared.db.tables import Meeting, Role
from shared.jobs.model import Job

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


WRONG_KEYS = RateLimit("wrong-keys", "wrong keys from this address", 30, 60)
"""The right one passes all the same: nobody is locked out by a neighbour's guesses."""


def holds_admin_key(connection: HTTPConnection, meeting: Meeting, admin_key: str) -> bool:
    """Whether this is the meeting's admin key; raises TooMany after too many that were not.

    Runs in a worker thread only.
    """
    if is_admin_key(meeting, admin_key):
        return True
    WRONG_KEYS.count_from_thread(services_of(connection).redis, address_of(connection))
    return False


def check_admin(connection: HTTPConnection, meeting: Meeting, admin_key: str) -> None:
    """Raises NotAuthorised unless this is the meeting's admin key, TooMany after too many that were not."""
    if not holds_admin_key(connection, meeting, admin_key):
        raise NotAuthorised("this is not the admin key of the meeting")


def bearer_text(authorization: HTTPAuthorizationCredentials | None) -> str:
    """What was sent as `Authorization: Bearer …`, or NotAuthorised."""
    if authorization is None:
        raise NotAuthorised("send your credentials as 'Authorization: Bearer …'")
    return authorization.credentials


Viewer = Bearer | str
"""Somebody who asks to see something: a participant, or the holder of what should be an admin key."""


def read_viewer(services: Services, authorization: HTTPAuthorizationCredentials | None) -> Viewer:
    """Who is asking; raises NotAuthorised."""
    return viewer_of(services, bearer_text(authorization))


def viewer_of(services: Services, text: str) -> Viewer:
    """Whose credentials these are; raises InvalidToken."""
    # A token is a JWT, which has dots; an admin key has none.
    return services.tokens.read(text) if "." in text else text


async def require_candidate(request: Request) -> Bearer:
    """The candidate who sends this request; raises NotAuthorised.

    To be called, not to be depended on: resolving a dependency takes FastAPI longer than all the rest of
    accepting a frame.
    """
    viewer = read_viewer(services_of(request), await _bearer(request))
    if not isinstance(viewer, Bearer) or viewer.role is not Role.CANDIDATE:
        raise NotAuthorised("this takes a candidate's token; join the meeting to get one")
    return viewer


BEARER_DOCUMENTED: dict[str, object] = {"security": [{_bearer.scheme_name: []}]}
"""Tells the documentation that a route which calls `require_candidate` wants a bearer token."""


async def may_see_job(connection: HTTPConnection, viewer: Viewer, job: Job) -> bool:
    """Whether this is the participant whose frame it is, or the admin of the meeting."""
    if isinstance(viewer, Bearer):
        return (viewer.meeting_id, viewer.participant_id) == (job.meeting_id, job.participant_id)
    return await run_in_threadpool(may_administer, connection, viewer, job.meeting_id)


def may_administer(connection: HTTPConnection, viewer: Viewer, meeting_id: UUID) -> bool:
    """Whether the viewer holds the meeting's admin key; raises TooMany after too many wrong ones."""
    meeting = find_meeting(services_of(connection).database, meeting_id)
    return isinstance(viewer, str) and meeting is not None and holds_admin_key(connection, meeting, viewer)


def _admin_meeting(
    connection: HTTPConnection, services: Use, authorization: Authorization, meeting_id: str
) -> Meeting:
    key = bearer_text(authorization)
    meeting = require_meeting(services, meeting_id)
    check_admin(connection, meeting, key)
    return meeting


AdminMeeting = Annotated[Meeting, Depends(_admin_meeting)]
"""The meeting in the path, for a caller with its admin key."""


def is_operator_key(key: SecretStr | None, text: str) -> bool:
    """Whether this is the operator key; without one set, nothing is."""
    return key is not None and hmac.compare_digest(
        text.encode(errors="replace"), key.get_secret_value().encode()
    )


async def _creator(services: Use, request: Request, authorization: Authorization) -> Actor:
    key = services.settings.operator_key
    if authorization and is_operator_key(key, authorization.credentials):
        return Actor.OPERATOR
    if key is None:
        return Actor.ANYONE
    bearer_text(authorization)
    await WRONG_KEYS.count(services.redis, address_of(request))
    raise NotAuthorised("meetings are created with the operator key")


Creator = Annotated[Actor, Depends(_creator)]
"""Who creates a meeting: the operator, or anyone where there is no operator key."""


async def count_meeting(services: Services, request: Request) -> None:
    """One more meeting that was created without the operator key; raises TooMany."""
    limit = RateLimit("meetings", "meetings from this address", services.settings.meetings_per_hour, 3_600)
    await limit.count(services.redis, address_of(request))


def count_join(services: Services, request: Request, meeting: Meeting) -> None:
    """One more who joins with the link; raises TooMany. Called with what is valid, in a worker thread."""
    for key, what, most, who in (
        (
            "joins-from",
            "from this address",
            services.settings.joins_per_minute_and_address,
            address_of(request),
        ),
        ("joins-to", "this meeting", services.settings.joins_per_minute, meeting.id),
    ):
        RateLimit(key, f"people joining {what}", most, 60).count_from_thread(services.redis, who)
