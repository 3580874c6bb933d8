"""Errors that clients receive, each with its HTTP status and its problem type (RFC 9457).

`docs/errors.md` explains the types to clients. `api/problem.py` turns them into responses.
"""

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

from redis.exceptions import RedisError

from api.input.validation_errors import FieldError
from shared.db.connection import TRANSIENT_ERRORS
from shared.stores.store import StoreError

URN = "urn:proctor:"

OUTAGE_RETRY_SECONDS = 5

OUTAGES = (RedisError, *TRANSIENT_ERRORS, StoreError)
"""Errors that mean that a server behind the gateway is unavailable."""


class ProblemError(Exception):
    """Base class of the errors that clients receive; the message becomes the problem's `detail`.

    A subclass inherits its parent's status and has its own type. Clients rely on types: never change one.
    """

    status: ClassVar[HTTPStatus]
    type: ClassVar[str]

    retry_after: float | None = None
    """In seconds."""
    next_frame_in_ms: int | None = None
    """Only for a refused frame."""
    errors: Sequence[FieldError] = ()
    """Invalid fields of the input."""


class NotAuthorised(ProblemError):
    """Credentials are missing or wrong."""

    status = HTTPStatus.UNAUTHORIZED
    type = f"{URN}not-authorised"


class InvalidToken(NotAuthorised):
    """The token is invalid or has expired; the message says which."""

    type = f"{URN}invalid-token"


class WrongOrigin(ProblemError):
    """The page's origin may not open a WebSocket here."""

    status = HTTPStatus.FORBIDDEN
    type = f"{URN}wrong-origin"


class NotFound(ProblemError):
    """Does not exist, or belongs to somebody else: clients must not be able to tell which."""

    status = HTTPStatus.NOT_FOUND
    type = f"{URN}not-found"


class ReviewConflict(ProblemError):
    """The flag was reviewed by somebody else since the client read it."""

    status = HTTPStatus.CONFLICT
    type = f"{URN}review-conflict"


class DecisionConflict(ProblemError):
    """The attempt is already decided, or there is nothing to reopen."""

    status = HTTPStatus.CONFLICT
    type = f"{URN}decision-conflict"


class ParticipantErased(ProblemError):
    """The candidate was erased; nothing is left that a decision could be about."""

    status = HTTPStatus.CONFLICT
    type = f"{URN}participant-erased"


class MeetingClosed(ProblemError):
    """The meeting is closed to new candidates."""

    status = HTTPStatus.CONFLICT
    type = f"{URN}meeting-closed"


class MeetingFull(ProblemError):
    """The meeting has reached its capacity."""

    status = HTTPStatus.CONFLICT
    type = f"{URN}meeting-full"


class TooLarge(ProblemError):
    """The body or its picture exceeds the route's limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    type = f"{URN}too-large"


class InvalidInput(ProblemError):
    """The input does not match the route's schema; `errors` names the fields."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = f"{URN}invalid-input"

    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.errors = errors


class NotAPicture(InvalidInput):
    """The picture is not a JPEG, PNG or WebP in base64."""

    type = f"{URN}not-a-picture"


class BadCursor(InvalidInput):
    """The cursor was not issued by this list."""

    type = f"{URN}bad-cursor"


class RetentionTooLong(InvalidInput):
    """The retention is longer than the operator allows."""

    type = f"{URN}retention-too-long"


class TooComplex(InvalidInput):
    """The JSON has more elements than any valid body."""

    type = f"{URN}too-complex"


class TooFast(ProblemError):
    """The participant exceeds the frame rate."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    type = f"{URN}too-fast"

    def __init__(self, retry_after: float, next_frame_in_ms: int) -> None:
        super().__init__(f"too many frames; send the next in {math.ceil(retry_after)} s")
        self.retry_after = retry_after
        self.next_frame_in_ms = next_frame_in_ms


class TooMany(ProblemError):
    """An address, participant or meeting exceeds another rate limit, named in `detail`."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    type = f"{URN}too-many"

    def __init__(self, what: str, retry_after: float) -> None:
        super().__init__(f"too many {what}; try again in {math.ceil(retry_after)} s")
        self.retry_after = retry_after


class VideoVendorFailed(ProblemError):
    """The video vendor rejected a request; nothing was created."""

    status = HTTPStatus.BAD_GATEWAY
    type = f"{URN}video-vendor-failed"


class VideoVendorUnavailable(VideoVendorFailed):
    """The video vendor does not answer, or asks to retry later."""

    type = f"{URN}video-vendor-unavailable"


class Busy(ProblemError):
    """More frames are waiting than the workers can judge in time, or than the backlog may hold."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = f"{URN}busy"

    def __init__(self, reason: str, retry_after: float, next_frame_in_ms: int) -> None:
        super().__init__(f"the system is busy: {reason}; try again soon")
        self.retry_after = retry_after
        self.next_frame_in_ms = next_frame_in_ms


class ReportNotReady(ProblemError):
    """No worker has printed the report in time."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = f"{URN}report-not-ready"
    retry_after = 10


class Overloaded(ProblemError):
    """The gateway has reached its memory limit for bodies, or its limit of connections."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = f"{URN}overloaded"
    retry_after = 5


class ServerUnavailable(ProblemError):
    """Postgres, Redis, the evidence store or the gateway itself does not answer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = f"{URN}server-unavailable"
    retry_after = OUTAGE_RETRY_SECONDS
