"""The worker's side of a job: take it up, end it, or give it back."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from redis import Redis, ResponseError
from redis.client import Pipeline

from shared.jobs import (
    BEGIN,
    COUNTS,
    END,
    ENDED,
    ENGINE,
    HOLD,
    KEEP_SECONDS,
    LAST,
    MAX_ATTEMPTS,
    OPEN,
    OVERDUE,
    TURN,
    UNHEARD,
    JobStatus,
    frame_key,
    job_key,
)
from shared.queue import FRAMES
from shared.verdicts import Outcome
from worker.runtime.metrics import EXPIRIES, FAILURES, Expiry, Failure

log = logging.getLogger(__name__)

ERASED_REASON = "the participant was erased"
HOLD_SECONDS = 3_600
"""How long a frame waits for Postgres to come back before it expires after all."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A frame in hand."""

    picture: bytes
    meeting_id: UUID
    participant_id: UUID
    precheck: bool
    taken_at: datetime
    own_rules: bytes | None
    """Those of its meeting, where Redis has them at hand."""


class Note(Protocol):
    """Something that a judged frame tells."""

    def note(self, pipeline: Pipeline) -> None:
        """To be done with the pipeline's other commands."""


class Jobs:
    """The jobs in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._begin = redis.register_script(BEGIN)
        self._hold = redis.register_script(HOLD)
        self._overdue = redis.register_script(OVERDUE)
        self._unheard = redis.register_script(UNHEARD)

    def begin(self, job_id: UUID) -> Begun | None:
        """The frame to judge; None when there is nothing to do, or no longer anything that can be done."""
        answer = self._begin(keys=[job_key(job_id), frame_key(job_id)], args=[MAX_ATTEMPTS])
        match answer:
            case [b"begun", picture, meeting, participant, precheck, taken_at, own_rules]:
                return Begun(
                    picture=picture,
                    meeting_id=UUID(meeting.decode()),
                    participant_id=UUID(participant.decode()),
                    precheck=precheck == b"1",
                    taken_at=datetime.fromtimestamp(float(taken_at), tz=UTC),
                    own_rules=own_rules,
                )
            case [b"erased"]:
                self.fail(job_id, ERASED_REASON, Failure.GONE)
            case [b"too_old"]:
                self.expire(job_id, Expiry.LATE)
            case [b"exhausted"]:
                self.fail(job_id, f"judging the picture broke off {MAX_ATTEMPTS} times", Failure.ATTEMPTS)
        return None

    def finish(self, job_id: UUID, outcome: Outcome, notes: Sequence[Note] = ()) -> float | None:
        """The frame is judged; what it says about the person is noted in the same round trip.

        Returns how many seconds ago it was taken; None when the job had ended before.
        """
        with self._redis.pipeline(transaction=False) as pipeline:
            for note in notes:
                note.note(pipeline)
            self._end(pipeline, job_id, JobStatus.DONE, "outcome", outcome.model_dump_json())
            age = pipeline.execute()[-1]
        return None if age is None else float(age)

    def fail(self, job_id: UUID, reason: str, failure: Failure) -> None:
        """The frame can't be judged; the candidate reads the reason."""
        if self._end(self._redis, job_id, JobStatus.FAILED, "error", reason) is not None:
            FAILURES.labels(failure).inc()

    def expire(self, job_id: UUID, expiry: Expiry) -> None:
        """The frame waited too long to matter."""
        reason = "the frame waited too long for a worker"
        if self._end(self._redis, job_id, JobStatus.EXPIRED, "error", reason) is not None:
            EXPIRIES.labels(expiry).inc()

    def withdraw(self, job_id: UUID) -> bool:
        """The participant was erased. False, and no change, when a worker has the frame or it has ended."""
        answer = self._end(self._redis, job_id, JobStatus.FAILED, "error", ERASED_REASON, JobStatus.QUEUED)
        if answer is not None:
            FAILURES.labels(Failure.GONE).inc()
        return answer is not None

    def hold(self, job_id: UUID) -> None:
        """The frame goes back with its attempt uncounted, to be judged when Postgres answers again."""
        keys = [job_key(job_id), frame_key(job_id), OPEN]
        self._hold(keys=keys, args=[str(job_id), HOLD_SECONDS, KEEP_SECONDS])

    def overdue(self, seconds: float) -> list[UUID]:
        """Open jobs whose deadline passed longer ago than this."""
        return [UUID(job_id.decode()) for job_id in self._overdue(keys=[OPEN], args=[seconds])]

    def unheard(self, *, queued: float, running: float) -> list[UUID]:
        """Jobs that have no message any more, as far as can be told, and for which it is not too late.

        One that is queued, or running, is named once in so many seconds.
        """
        answer = self._unheard(keys=[OPEN, FRAMES], args=[queued, running])
        return [UUID(job_id.decode()) for job_id in answer]

    def introduce(self, engine: str) -> None:
        """Lets `/readyz` tell which detector works."""
        self._redis.set(ENGINE, engine)

    def rewrite_file(self) -> None:
        """Redis's append-only file holds what was deleted until it is written anew."""
        try:
            self._redis.bgrewriteaof()
        except ResponseError as error:
            log.info("Redis does not rewrite its file: %s", error)

    def _end(
        self, redis: Redis, job_id: UUID, status: JobStatus, field: str, value: str, *only: str
    ) -> object:
        keys = [job_key(job_id), frame_key(job_id), OPEN, COUNTS, LAST, TURN]
        return redis.eval(
            END, len(keys), *keys, str(job_id), status, field, value, KEEP_SECONDS, ENDED, *only
        )
