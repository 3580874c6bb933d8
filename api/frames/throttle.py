"""Refuse frames of participants who exceed their limits, before reading them."""

import logging
import time
from collections import Counter
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

MAX_CONCURRENT_READS = 10
"""Bodies of one participant that are read at the same time: the burst of the admission control."""

REFUSED_PER_SECOND = 1
REFUSED_BURST = 20
"""Frames of a participant that may be refused after reading them; pages wait for seconds after each."""

BLOCK_SECONDS = 5.0


@dataclass(slots=True)
class _Block:
    """Refuse a participant's frames until a time, with an error created from the seconds left."""

    until: float
    create_error: Callable[[float], ProblemError]


class FrameThrottle:
    """Block participants who send too fast or too many invalid frames, so that refusing them is cheap.

    Redis enforces the rate across all gateways, but only once the body is parsed. This class remembers its
    refusals in this process. Limits are per participant: others with the same address are not affected.
    """

    def __init__(self, interval_ms: int) -> None:
        self._interval_ms = interval_ms
        self._blocked: dict[UUID, _Block] = {}
        self._refused = TokenBuckets(REFUSED_PER_SECOND, REFUSED_BURST)
        self._reading: Counter[UUID] = Counter()
        self._log = RareLog(log)

    @contextmanager
    def reading(self, participant: UUID) -> Iterator[None]:
        """Wrap the reading of a frame; raise TooFast or TooMany before it, and count errors during it."""
        self._check(participant)
        self._reading[participant] += 1
        try:
            yield
        except TooFast as error:
            self._block(participant, error.retry_after or 0, lambda left: TooFast(left, self._interval_ms))
            raise
        except (ProblemError, RequestValidationError, HTTPException):
            self._count_refused(participant)
            raise
        finally:
            self._reading[participant] -= 1
            if not self._reading[participant]:
                del self._reading[participant]

    def _check(self, participant: UUID) -> None:
        if block := self._blocked.get(participant):
            left = block.until - time.monotonic()
            if left > 0:
                raise block.create_error(left)
            del self._blocked[participant]
        if self._reading[participant] >= MAX_CONCURRENT_READS:
            raise TooFast(1, self._interval_ms)

    def _count_refused(self, participant: UUID) -> None:
        if not self._refused.take(participant):
            self._log.warning("participant blocked: too many refused frames")
            self._block(participant, BLOCK_SECONDS, lambda left: TooMany("refused frames", left))

    def _block(
        self, participant: UUID, seconds: float, create_error: Callable[[float], ProblemError]
    ) -> None:
        self._blocked[participant] = _Block(time.monotonic() + seconds, create_error)
        if len(self._blocked) > MAX_BUCKETS:
            del self._blocked[next(iter(self._blocked))]
