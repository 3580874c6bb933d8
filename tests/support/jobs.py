"""Jobs in Redis: reading their status and changing their times."""

import time
from datetime import datetime
from uuid import UUID, uuid4

from redis import Redis

from shared.jobs.model import OPEN_JOBS, WAITING_JOBS, job_key
from shared.presence.finish import Recording
from shared.presence.last_seen import FrameState
from shared.verdicts import FlagKind, Outcome, PictureQuality, Verdict
from tests.support.exam import CandidateClient
from tests.support.samples import make_findings
from worker.frames.judging import Judging
from worker.runtime.jobs import Jobs

OK = Outcome(verdict=Verdict(faces=1), findings=make_findings(1))
MULTIPLE_FACES = Outcome(verdict=Verdict(faces=2, flag=FlagKind.MULTIPLE_FACES), findings=make_findings(2))


def finish(jobs: Jobs, job_id: UUID, outcome: Outcome) -> float | None:
    """Finish a job whose frame says nothing of its participant; return the frame's age if it was open."""
    age, _ = jobs.finish(job_id, outcome, Recording(uuid4(), None))
    return age


def open_job(redis: Redis, job_id: UUID, participant_id: UUID, taken_at: datetime) -> None:
    """Store a running job, without its picture."""
    fields = f"status running attempts 1 meeting {uuid4()} participant {participant_id}"
    redis.hset(job_key(job_id), items=[*fields.split(), "taken_at", taken_at.timestamp()])


def record_frame(
    redis: Redis,
    jobs: Jobs,
    participant_id: UUID,
    taken_at: datetime,
    state: FrameState,
    faces: int = 1,
    thumbnail: bytes = b"",
) -> None:
    """Record what a frame says of its participant, as a worker does."""
    job_id = uuid4()
    open_job(redis, job_id, participant_id, taken_at)
    jobs.finish(job_id, OK, Recording(participant_id, PictureQuality.GOOD, state, faces, thumbnail))


def read_status(candidate: CandidateClient, job_id: UUID) -> tuple[str, str | None]:
    """Return a job's status and error, as its candidate sees them."""
    job = candidate.get_job(str(job_id)).json()
    return job["status"], job["error"]


def judge_frame(judging: Judging, job_id: UUID) -> None:
    """Claim one frame and judge it; the others keep waiting."""
    frame = judging.jobs.claim(job_id)
    if frame is not None:
        judging.judge(frame)


def shift_back(redis: Redis, job_id: UUID, seconds: float) -> None:
    """Shift all times of a job by `seconds` into the past."""
    for field in ("taken_at", "deadline", "claimed_at"):
        if redis.hexists(job_key(job_id), field):
            redis.hincrbyfloat(job_key(job_id), field, -seconds)
    for key in (OPEN_JOBS, WAITING_JOBS):
        redis.zadd(key, {str(job_id): -seconds}, incr=True, xx=True)


def set_deadline_back(redis: Redis, job_id: UUID, seconds: float) -> None:
    """Set a job's deadline to `seconds` ago."""
    deadline = time.time() - seconds
    redis.hset(job_key(job_id), "deadline", deadline)
    redis.zadd(OPEN_JOBS, {str(job_id): deadline})
