"""Typed calls of the scripts beside this module, except admission's. All raise redis's errors."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from redis import Redis

from shared.jobs.model import (
    ENDED_CHANNEL,
    ENDED_JOB_SECONDS,
    ERASED_PACE,
    INITIAL_SECONDS_PER_JOB,
    JOB_COUNTS,
    LAST_JUDGED_AT,
    MAX_ATTEMPTS,
    OPEN_JOBS,
    SECONDS_PER_JOB,
    ClaimedFrame,
    ClaimRefusal,
    Job,
    JobStatus,
    frame_key,
    job_key,
    parse_job,
)
from shared.queue import FRAMES
from shared.redis.script import Argument, ScriptCall, read_script
from shared.verdicts import PictureQuality

_CLAIM = read_script(__file__, "claim.lua")
_END = read_script(__file__, "end.lua")
_DEFER = read_script(__file__, "defer.lua")
_FIND_OVERDUE = read_script(__file__, "find_overdue.lua")
_FIND_STALLED = read_script(__file__, "find_stalled.lua")
_READ = read_script(__file__, "read.lua")


def claim(redis: Redis, job_id: UUID) -> ClaimedFrame | ClaimRefusal:
    """Claim a job and count the attempt; a refusal changes nothing."""
    result = ScriptCall(_CLAIM, [job_key(job_id), frame_key(job_id)], [MAX_ATTEMPTS, ERASED_PACE]).run(redis)
    match cast("list[Any]", result):
        case [b"claimed", picture, meeting, participant, precheck, taken_at, look, quality, cached_rules]:
            return ClaimedFrame(
                picture=picture,
                meeting_id=UUID(meeting.decode()),
                participant_id=UUID(participant.decode()),
                precheck=precheck == b"1",
                taken_at=datetime.fromtimestamp(float(taken_at), tz=UTC),
                look_for_second=look == 1,
                previous_quality=PictureQuality(quality.decode()) if quality else PictureQuality.GOOD,
                cached_rules=cached_rules,
            )
        case [reason]:
            return ClaimRefusal(reason.decode())
        case _:
            raise ValueError(f"claim.lua returned {result!r}")


def end(
    job_id: UUID, status: JobStatus, field: str, value: str, *, only: JobStatus | None = None
) -> ScriptCall:
    """Return the call that ends a job, once, and only if it has the status `only`; see `parse_age`."""
    keys = [job_key(job_id), frame_key(job_id), OPEN_JOBS, JOB_COUNTS, LAST_JUDGED_AT, SECONDS_PER_JOB]
    arguments: list[Argument] = [
        str(job_id),
        status,
        field,
        value,
        ENDED_JOB_SECONDS,
        ENDED_CHANNEL,
        INITIAL_SECONDS_PER_JOB,
    ]
    return ScriptCall(_END, keys, [*arguments, only] if only else arguments)


def parse_age(result: bytes | None) -> float | None:
    """Return how many seconds ago the frame was taken; None if `end` changed nothing."""
    return None if result is None else float(result)


def defer(redis: Redis, job_id: UUID, seconds: int) -> None:
    """Put a claimed job back without counting the attempt; it expires `seconds` after its frame was taken."""
    keys = [job_key(job_id), frame_key(job_id), OPEN_JOBS]
    ScriptCall(_DEFER, keys, [str(job_id), seconds, ENDED_JOB_SECONDS]).run(redis)


def find_overdue(redis: Redis, seconds: float) -> list[UUID]:
    """Return open jobs whose deadline passed at least this many seconds ago."""
    return _ids(ScriptCall(_FIND_OVERDUE, [OPEN_JOBS], [seconds]).run(redis))


def find_stalled(redis: Redis, *, queued: float, running: float) -> list[UUID]:
    """Return jobs before their deadline whose message seems lost.

    A job is returned at most once in `queued` or `running` seconds, depending on its status.
    """
    return _ids(ScriptCall(_FIND_STALLED, [OPEN_JOBS, FRAMES], [queued, running]).run(redis))


def read_many(job_ids: Sequence[UUID]) -> ScriptCall:
    """Return the call that reads jobs; see `parse_jobs`."""
    return ScriptCall(_READ, [job_key(job_id) for job_id in job_ids], [ERASED_PACE])


def parse_jobs(job_ids: Sequence[UUID], result: Sequence[Sequence[bytes]]) -> list[Job | None]:
    """Return the jobs that `read_many` read; None for an unknown one, or one of an erased participant."""
    return [
        parse_job(job_id, dict(zip(fields[::2], fields[1::2], strict=True)))
        for job_id, fields in zip(job_ids, result, strict=True)
    ]


def _ids(result: list[bytes]) -> list[UUID]:
    return [UUID(job_id.decode()) for job_id in result]
