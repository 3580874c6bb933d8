"""Check credentials: a participant's token, a meeting's admin key, the operator key."""

import hmac
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from anyio import from_thread
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from api.auth.client_address import client_address
from api.auth.rate_limits import RateLimit
from api.auth.tokens import Bearer
from api.errors import NotAuthorised, NotFound
from api.services import Services, Use, get_services
from api.shards.open_shard import ShardUnavailableError
from shared.db.audit import Actor
from shared.db.meetings import find_meeting, is_admin_key
from shared.db.tables import Meeting, Role
from shared.jobs.model import Job

_bearer = HTTPBearer(
    auto_error=False, description="A participant's token, a meeting's admin key, or the operator key"
)

Authorization = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def parse_id(text: str, what: str) -> UUID:
    """Parse an id from a request; raise NotFound for anything else, as nothing has such an id."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"there is no such {what}") from None


def require_meeting(services: Services, meeting_id: str) -> Meeting:
    """Return the meeting, or raise NotFound."""
    meeting = find_meeting(services.database, parse_id(meeting_id, "meeting"))
    if meeting is None:
        raise NotFound("there is no such meeting")
    return meeting


WRONG_KEYS = RateLimit("wrong-keys", "wrong keys from this address", 30, 60)
"""The correct key still works: nobody is locked out by guesses from the same address."""


def holds_admin_key(connection: HTTPConnection, meeting: Meeting, admin_key: str) -> bool:
    """Return whether this is the meeting's admin key; raise TooMany after too many wrong ones.

    Call it in a worker thread.
    """
    if is_admin_key(meeting, admin_key):
        return True
    from_thread.run(
        count_for_meeting, get_services(connection), WRONG_KEYS, meeting, client_address(connection)
    )
    return False


def check_admin(connection: HTTPConnection, meeting: Meeting, admin_key: str) -> None:
    """Raise NotAuthorised unless this is the meeting's admin key, TooMany after too many wrong ones."""
    if not holds_admin_key(connection, meeting, admin_key):
        raise NotAuthorised("this is not the admin key of the meeting")


def require_credentials(authorization: HTTPAuthorizationCredentials | None) -> str:
    """Return the credentials sent as `Authorization: Bearer …`, or raise NotAuthorised."""
    if authorization is None:
        raise NotAuthorised("send your credentials as 'Authorization: Bearer …'")
    return authorization.credentials


Viewer = Bearer | str
"""A participant, or a key that has still to be checked against the meeting's admin key."""


def read_viewer(services: Services, authorization: HTTPAuthorizationCredentials | None) -> Viewer:
    """Return the viewer of a request, or raise NotAuthorised."""
    return identify_viewer(services, require_credentials(authorization))


def identify_viewer(services: Services, text: str) -> Viewer:
    """Return the viewer with these credentials, or raise InvalidToken."""
    # A token is a JWT, which contains dots; an admin key contains none.
    return services.tokens.read(text) if "." in text else text


async def require_viewer(request: Request) -> Viewer:
    """Return the viewer who sends this request, or raise NotAuthorised.

    Call it instead of using `Depends`: resolving a dependency takes longer than accepting a frame.
    """
    return identify_viewer(get_services(request), _read_credentials(request))


def _read_credentials(request: Request) -> str:
    """Do what HTTPBearer does, without its objects; raise NotAuthorised."""
    header = next((value for name, value in request.scope["headers"] if name == b"authorization"), b"")
    scheme, _, credentials = header.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not credentials.strip():
        return require_credentials(None)
    return credentials.strip()


async def require_candidate(request: Request) -> Bearer:
    """Return the candidate who sends this request, or raise NotAuthorised; see `require_viewer`."""
    viewer = await require_viewer(request)
    if not isinstance(viewer, Bearer) or viewer.role is not Role.CANDIDATE:
        raise NotAuthorised("a candidate's token is required; join the meeting to get one")
    return viewer


BEARER_DOCUMENTED: dict[str, object] = {"security": [{_bearer.scheme_name: []}]}
"""`openapi_extra` of routes that call `require_viewer`: documents that they need a bearer token."""


async def may_see_job(connection: HTTPConnection, viewer: Viewer, job: Job) -> bool:
    """Return whether the viewer is the participant who sent the frame, or an admin of the meeting."""
    if isinstance(viewer, Bearer):
        return (viewer.meeting_id, viewer.participant_id) == (job.meeting_id, job.participant_id)
    return await run_in_threadpool(may_administer, connection, viewer, job.meeting_id)


def may_administer(connection: HTTPConnection, viewer: Viewer, meeting_id: UUID) -> bool:
    """Return whether the viewer has the meeting's admin key; raise TooMany after too many wrong ones."""
    meeting = find_meeting(get_services(connection).database, meeting_id)
    return isinstance(viewer, str) and meeting is not None and holds_admin_key(connection, meeting, viewer)


def _admin_meeting(
    connection: HTTPConnection, services: Use, authorization: Authorization, meeting_id: str
) -> Meeting:
    key = require_credentials(authorization)
    meeting = require_meeting(services, meeting_id)
    check_admin(connection, meeting, key)
    return meeting


AdminMeeting = Annotated[Meeting, Depends(_admin_meeting)]
"""The meeting in the path, for a caller with its admin key."""


def is_operator_key(key: SecretStr | None, text: str) -> bool:
    """Return whether `text` is the operator key `key`; without an operator key nothing is."""
    return key is not None and hmac.compare_digest(
        text.encode(errors="replace"), key.get_secret_value().encode()
    )


async def _identify_operator(services: Use, request: Request, authorization: Authorization) -> Actor:
    key = services.settings.operator_key
    if authorization and is_operator_key(key, authorization.credentials):
        return Actor.OPERATOR
    if key is None:
        return Actor.ANYONE
    require_credentials(authorization)
    await WRONG_KEYS.count(services.shards.first_available.redis, client_address(request))
    raise NotAuthorised("this is not the operator key; it is required here")


Operator = Annotated[Actor, Depends(_identify_operator)]
"""The operator, or anyone if there is no operator key."""


async def limit_new_meetings(services: Services, request: Request) -> None:
    """Count a meeting created without the operator key; raise TooMany above the limit."""
    limit = RateLimit("meetings", "meetings from this address", services.settings.meetings_per_hour, 3_600)
    await limit.count(services.shards.first_available.redis, client_address(request))


def limit_joins(services: Services, request: Request, meeting: Meeting) -> None:
    """Count a valid join by link; raise TooMany above the limits. Call it in a worker thread."""
    settings = services.settings
    by_address = RateLimit(
        "joins-from", "people joining from this address", settings.joins_per_minute_and_address, 60
    )
    by_meeting = RateLimit("joins-to", "people joining this meeting", settings.joins_per_minute, 60)
    from_thread.run(count_for_meeting, services, by_address, meeting, client_address(request))
    from_thread.run(count_for_meeting, services, by_meeting, meeting, meeting.id)


async def count_for_meeting(services: Services, limit: RateLimit, meeting: Meeting, client: object) -> None:
    """Count a request that concerns a meeting, on its shard: no other can delay it. Raise TooMany."""
    with suppress(ShardUnavailableError):  # nothing is counted meanwhile
        await limit.count(services.shards.of(meeting).redis, client)
