"""A run: the frames that are judged with one ticket, without going back to Celery between them."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import redis

from shared.db.connection import TRANSIENT_ERRORS
from shared.jobs.model import ClaimedFrame
from shared.logs import log_context
from worker.frames.judging import Judging
from worker.runtime.metrics import Failure

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """Judges the frame of a ticket, then the oldest waiting ones, until none waits or a limit is reached."""

    judging: Judging
    defer: Callable[[ClaimedFrame], None]
    """Have a frame judged again later: Postgres is down."""
    renew_ticket: Callable[[], None]
    """Send another ticket if frames wait and few are in the queue."""
    max_seconds: float = 2.0
    """A worker that is told to stop ends its runs first."""

    def judge_frames(self, ticket: UUID) -> None:
        """Raise redis's errors; the ticket then has to be delivered again."""
        ends_at = time.monotonic() + self.max_seconds
        jobs = self.judging.jobs
        frame = jobs.claim(ticket) or jobs.claim_next(ticket)
        judged = 0
        while frame is not None:
            is_last = time.monotonic() >= ends_at
            frame = self._judge(frame, None if is_last else ticket)
            judged += 1
            # When there is a second frame, others may wait for which no worker was woken.
            if is_last or (judged == 1 and frame is not None):
                self.renew_ticket()

    def _judge(self, frame: ClaimedFrame, ticket: UUID | None) -> ClaimedFrame | None:
        """Judge a frame, whatever happens; return the next, unless there is no ticket for it."""
        with log_context(job_id=frame.job_id, meeting_id=frame.meeting_id):
            try:
                return self.judging.judge(frame, ticket)
            except TRANSIENT_ERRORS as error:
                log.warning("the frame is deferred until Postgres is back: %s", type(error).__name__)
                self.defer(frame)
            except (redis.ConnectionError, redis.TimeoutError):
                raise
            except Exception:
                log.exception("the frame could not be judged")
                reason = "the frame could not be judged because of an error on our side"
                self.judging.jobs.fail(frame.job_id, reason, Failure.FAULT)
        return self.judging.jobs.claim_next(ticket) if ticket else None
