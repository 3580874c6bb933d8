"""The worker's operations on jobs: claim, end, defer."""

import logging
import time
from typing import Any
from uuid import UUID

from redis import Redis, ResponseError

from shared.jobs import scripts
from shared.jobs.model import (
    ENDED_CHANNEL,
    ENGINE_KEY,
    MAX_ATTEMPTS,
    ClaimedFrame,
    ClaimRefusal,
    JobStatus,
)
from shared.jobs.records import OUTCOMES_CHANNEL
from shared.presence.finish import Recording, finish
from shared.verdicts import Outcome
from worker.runtime.metrics import EXPIRIES, FAILURES, Expiry, Failure

log = logging.getLogger(__name__)

ERASED_REASON = "the participant was erased"
CHECK_SECONDS = 5.0
"""How long it is remembered whether old gateways run."""
DEFER_SECONDS = 3_600
"""How long a frame waits for Postgres before it expires."""


class Jobs:
    """The jobs in Redis."""

    def __init__(self, redis: Redis, retention_seconds: int) -> None:
        """Ended jobs can be read for `retention_seconds`."""
        self._redis = redis
        self._keep = retention_seconds
        self._packed = False
        self._check_gateways_at = 0.0

    def claim(self, job_id: UUID) -> ClaimedFrame | None:
        """Return the job's frame; None if there is none. A job that can't be judged any more is ended."""
        claimed = scripts.claim(self._redis, job_id)
        if isinstance(claimed, ClaimedFrame):
            return claimed
        self._end_refused(job_id, claimed)
        return None

    def claim_next(self, ticket: UUID) -> ClaimedFrame | None:
        """Return the frame that this ticket still holds, or the one waiting longest; None if none waits.

        Jobs that can't be judged any more are ended on the way.
        """
        return self._claimed(ticket, scripts.claim_next(ticket).run(self._redis))

    def finish(
        self, job_id: UUID, outcome: Outcome, recording: Recording, ticket: UUID | None = None
    ) -> tuple[float | None, ClaimedFrame | None]:
        """End the job of a judged frame, record what it says, and with a ticket claim the next frame.

        Return how many seconds ago the frame was taken, None if the job had ended; and the next frame.
        """
        age, claimed = finish(
            self._redis,
            job_id,
            outcome,
            recording,
            keep=self._keep,
            ticket=ticket,
            packed=self._all_gateways_read_packed(),
        )
        return age, self._claimed(ticket, claimed) if ticket else None

    def _all_gateways_read_packed(self) -> bool:
        """Whether no gateway of the previous release runs, which could not read a packed outcome."""
        if time.monotonic() >= self._check_gateways_at:
            self._check_gateways_at = time.monotonic() + CHECK_SECONDS
            (_, gateways), (_, readers) = self._redis.pubsub_numsub(ENDED_CHANNEL, OUTCOMES_CHANNEL)
            self._packed = gateways == readers
        return self._packed

    def renew_ticket(self, message: str) -> None:
        """See `scripts.renew_ticket`."""
        scripts.renew_ticket(self._redis, message)

    def _claimed(self, ticket: UUID, result: list[Any]) -> ClaimedFrame | None:
        while not isinstance(claimed := scripts.parse_claim(result), ClaimedFrame):
            refusal, job_id = claimed
            if job_id is None:
                return None
            self._end_refused(job_id, refusal)
            result = scripts.claim_next(ticket).run(self._redis)
        return claimed

    def _end_refused(self, job_id: UUID, refusal: ClaimRefusal) -> None:
        match refusal:
            case ClaimRefusal.ERASED:
                self.fail(job_id, ERASED_REASON, Failure.GONE)
            case ClaimRefusal.TOO_OLD:
                self.expire(job_id, Expiry.LATE)
            case ClaimRefusal.EXHAUSTED:
                reason = f"judging the picture was interrupted {MAX_ATTEMPTS} times"
                self.fail(job_id, reason, Failure.ATTEMPTS)
            case _:
                pass

    def fail(self, job_id: UUID, reason: str, failure: Failure) -> None:
        """End the job of a frame that can't be judged; the candidate sees the reason."""
        if self._end_with_error(job_id, JobStatus.FAILED, reason):
            FAILURES.labels(failure).inc()

    def expire(self, job_id: UUID, expiry: Expiry) -> None:
        """End the job of a frame that waited too long to matter."""
        if self._end_with_error(job_id, JobStatus.EXPIRED, "the frame waited too long for a worker"):
            EXPIRIES.labels(expiry).inc()

    def cancel(self, job_id: UUID) -> bool:
        """End a queued job of an erased participant. False, without change, if it is running or ended."""
        cancelled = self._end_with_error(job_id, JobStatus.FAILED, ERASED_REASON, only=JobStatus.QUEUED)
        if cancelled:
            FAILURES.labels(Failure.GONE).inc()
        return cancelled

    def defer(self, job_id: UUID) -> None:
        """Put the frame back until Postgres is available; the attempt does not count."""
        scripts.defer(self._redis, job_id, DEFER_SECONDS, keep=self._keep)

    def find_overdue(self, seconds: float) -> list[UUID]:
        """See `scripts.find_overdue`."""
        return scripts.find_overdue(self._redis, seconds)

    def find_stalled(self, *, queued: float, running: float) -> list[UUID]:
        """See `scripts.find_stalled`."""
        return scripts.find_stalled(self._redis, queued=queued, running=running)

    def publish_engine(self, engine: str) -> None:
        """Store the name of the detector for `/readyz`."""
        self._redis.set(ENGINE_KEY, engine)

    def rewrite_append_only_file(self) -> None:
        """Rewrite Redis's append-only file, which still holds what was deleted."""
        try:
            self._redis.bgrewriteaof()
        except ResponseError as error:
            log.info("Redis does not rewrite its append-only file: %s", error)

    def _end_with_error(
        self, job_id: UUID, status: JobStatus, reason: str, *, only: JobStatus | None = None
    ) -> bool:
        return scripts.end(self._redis, job_id, status, reason, keep=self._keep, only=only)
