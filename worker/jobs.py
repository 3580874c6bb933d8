"""The worker's side of a job: take it up, end it, or give it back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from shared.jobs import (
    BEGIN,
    COUNTS,
    END,
    ENDED,
    HOLD,
    KEEP_SECONDS,
    MAX_ATTEMPTS,
    OPEN,
    OVERDUE,
    JobStatus,
    frame_key,
    job_key,
)
from shared.settings import Settings
from shared.verdicts import Outcome

HOLD_SECONDS = 3_600
"""How long a frame waits for Postgres to come back before it expires after all."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A frame in hand."""

    picture: bytes
    meeting_id: UUID
    participant_id: UUID
    taken_at: datetime


class Jobs:
    """The jobs in Redis. Calls try for about 20 s to get through before they raise redis's errors."""

    def __init__(self, settings: Settings) -> None:
        self._redis = Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_timeout=5,
            socket_connect_timeout=2,
            retry=Retry(ExponentialBackoff(cap=2, base=0.05), retries=14),
        )
        self._begin = self._redis.register_script(BEGIN)
        self._end = self._redis.register_script(END)
        self._hold = self._redis.register_script(HOLD)
        self._overdue = self._redis.register_script(OVERDUE)

    def begin(self, job_id: UUID) -> Begun | None:
        """The frame to judge; None when there is nothing to do, or no longer anything that can be done."""
        answer = self._begin(keys=[job_key(job_id), frame_key(job_id)], args=[MAX_ATTEMPTS])
        match answer:
            case [b"begun", picture, meeting, participant, taken_at]:
                taken = datetime.fromtimestamp(float(taken_at), tz=UTC)
                return Begun(picture, UUID(meeting.decode()), UUID(participant.decode()), taken)
            case [b"too_old"]:
                self.expire(job_id)
            case [b"exhausted"]:
                self.fail(job_id, f"judging the picture broke off {MAX_ATTEMPTS} times")
        return None

    def finish(self, job_id: UUID, outcome: Outcome) -> None:
        """The frame is judged."""
        self._finally(job_id, JobStatus.DONE, "outcome", outcome.model_dump_json())

    def fail(self, job_id: UUID, reason: str) -> None:
        """The frame can't be judged; the candidate reads the reason."""
        self._finally(job_id, JobStatus.FAILED, "error", reason)

    def expire(self, job_id: UUID) -> None:
        """The frame waited too long to matter."""
        self._finally(job_id, JobStatus.EXPIRED, "error", "the frame waited too long for a worker")

    def hold(self, job_id: UUID) -> None:
        """The frame goes back with its attempt uncounted, to be judged when Postgres answers again."""
        keys = [job_key(job_id), frame_key(job_id), OPEN]
        self._hold(keys=keys, args=[str(job_id), HOLD_SECONDS, KEEP_SECONDS])

    def overdue(self, seconds: float) -> list[UUID]:
        """Open jobs whose deadline passed longer ago than this."""
        return [UUID(job_id.decode()) for job_id in self._overdue(keys=[OPEN], args=[seconds])]

    def _finally(self, job_id: UUID, status: JobStatus, field: str, value: str) -> None:
        self._end(
            keys=[job_key(job_id), frame_key(job_id), OPEN, COUNTS],
            args=[str(job_id), status, field, value, KEEP_SECONDS, ENDED],
        )
