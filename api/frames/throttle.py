"""Frames that this process refuses before it reads them."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.auth.rate_limits import MAX_BUCKETS, TokenBuckets
from api.errors import ProblemError, TooFast, TooMany
from api.rare_log import RareLog

log = logging.getLogger(__name__)

MOST_AT_ONCE = 10
"""Requests of one participant whose bodies are read at the same time: as many as the pace lets in at once."""

REFUSED_PER_SECOND = 1
REFUSED_BURST = 20
"""How many frames of a participant may be refused after they were read; a page waits seconds after each."""

SHUT_OUT_SECONDS = 5.0


@dataclass(slots=True)
class _ShutOut:
    """Until when a participant's frames are refused, and the error that says so, given the seconds left."""

    until: float
    refusal: Callable[[float], ProblemError]


class FrameThrottle:
    """Remembers in this process who sends too fast, or sends what is refused, so that refusing costs little.

    Redis keeps the pace of all gateways, but is only asked once the body is parsed. Every participant has a
    limit of their own: nobody else is held up, also not behind the same address.
    """

    def __init__(self, interval_ms: int) -> None:
        self._interval_ms = interval_ms
        self._shut_out: dict[UUID, _ShutOut] = {}
        self._refused = TokenBuckets(REFUSED_PER_SECOND, REFUSED_BURST)
        self._open: dict[UUID, int] = {}
        self._log = RareLog(log)

    @contextmanager
    def reading(self, participant: UUID) -> Iterator[None]:
        """Around everything that reads a frame; raises TooFast or TooMany, and learns from what is raised."""
        self._check(participant)
        self._open[participant] = self._open.get(participant, 0) + 1
        try:
            yield
        except TooFast as error:
            self._shut(participant, error.retry_after or 0, lambda left: TooFast(left, self._interval_ms))
            raise
        except (ProblemError, RequestValidationError, HTTPException):
            self._count_refused(participant)
            raise
        finally:
            if self._open[participant] == 1:
                del self._open[participant]
            else:
                self._open[participant] -= 1

    def _check(self, participant: UUID) -> None:
        if shut_out := self._shut_out.get(participant):
            left = shut_out.until - time.monotonic()
            if left > 0:
                raise shut_out.refusal(left)
            del self._shut_out[participant]
        if self._open.get(participant, 0) >= MOST_AT_ONCE:
            raise TooFast(1, self._interval_ms)

    def _count_refused(self, participant: UUID) -> None:
        if not self._refused.take(participant):
            self._log.warning("a participant sends nothing but frames that are refused")
            self._shut(participant, SHUT_OUT_SECONDS, lambda left: TooMany("frames that were refused", left))

    def _shut(self, participant: UUID, seconds: float, refusal: Callable[[float], ProblemError]) -> None:
        self._shut_out[participant] = _ShutOut(time.monotonic() + seconds, refusal)
        if len(self._shut_out) > MAX_BUCKETS:
            del self._shut_out[next(iter(self._shut_out))]
