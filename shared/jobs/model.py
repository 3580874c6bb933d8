"""A job in Redis: its keys and its model. The scripts beside this module change its state.

    job:{id}     hash: status, meeting, participant, precheck, taken_at, deadline, attempts, outcome, error,
                 sent_at: when its message was last sent again,
                 run, claimed_at: the ticket with which it was claimed last, and when,
                 ahead: how many jobs were open before it; deferred jobs do not count and have none
    frame:{id}   the picture's bytes, while the job is open
    outcome:{id} what is kept of a job that is done, instead of its hash; see `records.py`
    pace:{participant}  when their next frame would come at the steady rate; `inf` once they were erased
    jobs:open    sorted set: ids of the jobs that have not ended, by deadline
    jobs:deferred exists while jobs may be deferred
    jobs:waiting sorted set: ids of the jobs that wait for a worker, by taken_at
    run:{ticket} the last job claimed with a ticket that is not its own. A ticket is a message in
                 Celery's queue and has a job's id
    jobs:counts  hash: number of jobs accepted, done, failed, expired
    jobs:ended   channel: the id of each job that ends
    jobs:outcomes channel: what gateways need of each job that is done, if all of them subscribe to it
    jobs:last    when the last frame was judged, in seconds since the epoch
    jobs:turn    seconds per job, the moving average of 1 / throughput; expires after a minute
    jobs:engine  name and version of the engine of the worker that started last

Each transition is one script, so it is atomic. All times are from Redis's clock: the clocks of gateways and
workers may differ without a frame expiring early.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.verdicts import Outcome, PictureQuality

OPEN_JOBS = "jobs:open"
WAITING_JOBS = "jobs:waiting"
DEFERRED_JOBS = "jobs:deferred"
JOB_COUNTS = "jobs:counts"
ENDED_CHANNEL = "jobs:ended"
LAST_JUDGED_AT = "jobs:last"
SECONDS_PER_JOB = "jobs:turn"
ENGINE_KEY = "jobs:engine"

MAX_ATTEMPTS = 3
"""A job whose process was killed this often fails."""

MAX_TICKETS = 4
"""As many tickets in the queue are enough: each run that finds a second frame sends another, if needed."""

INITIAL_SECONDS_PER_JOB = 0.25
"""Used until measured: one dlib-hog, the slowest engine, on a busy core."""

ERASED_PACE = "inf"
"""The pace of an erased participant: their frames are refused, and nothing about them is shown or stored."""


class JobStatus(StrEnum):
    """`queued` → `running` → `done`, `failed` or `expired`."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        """Whether the status is final."""
        return self in {JobStatus.DONE, JobStatus.FAILED, JobStatus.EXPIRED}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as clients read it: `outcome` is set when it is done, `error` when it failed or expired."""

    id: UUID
    status: JobStatus
    meeting_id: UUID
    participant_id: UUID
    outcome: Outcome | None
    error: str | None
    has_messages: bool = False
    """Whether its participant may have messages that their page has not shown yet."""


@dataclass(frozen=True, slots=True)
class ClaimedFrame:
    """A frame that a worker has claimed."""

    job_id: UUID
    picture: bytes
    meeting_id: UUID
    participant_id: UUID
    precheck: bool
    taken_at: datetime
    look_for_second: bool
    """Whether to look for a second person: on every third frame, and while a suspicion lasts."""
    previous_quality: PictureQuality
    """Of the participant's picture before, in the camera check or the exam; GOOD if there was none lately."""
    cached_rules: bytes | None
    """The meeting's RuleOverrides as JSON; None if they are not cached."""


class ClaimRefusal(StrEnum):
    """Why a job can't be claimed."""

    UNKNOWN = "unknown"
    ENDED = "ended"
    TOO_OLD = "too_old"
    EXHAUSTED = "exhausted"
    ERASED = "erased"
    NONE = "none"
    """No job waits."""
    TAKEN = "taken"
    """It is claimed with another ticket."""


def job_key(job_id: UUID) -> str:
    """Return the key of the job's hash."""
    return f"job:{job_id}"


def frame_key(job_id: UUID) -> str:
    """Return the key of the job's picture."""
    return f"frame:{job_id}"


def run_key(ticket: UUID) -> str:
    """Return the key of the last job claimed with this ticket."""
    return f"run:{ticket}"


def pace_key(participant_id: UUID) -> str:
    """Return the key of the time when the participant's next frame is due, in seconds since the epoch."""
    return f"pace:{participant_id}"


def parse_job(job_id: UUID, fields: dict[bytes, bytes]) -> Job | None:
    """Return the job from the fields of its hash; None if there are none: the job is unknown."""
    if not fields:
        return None
    outcome, error = fields.get(b"outcome"), fields.get(b"error")
    return Job(
        id=job_id,
        status=JobStatus(fields[b"status"].decode()),
        meeting_id=UUID(fields[b"meeting"].decode()),
        participant_id=UUID(fields[b"participant"].decode()),
        outcome=Outcome.model_validate_json(outcome) if outcome else None,
        error=error.decode() if error else None,
        has_messages=b"has_messages" in fields,
    )
