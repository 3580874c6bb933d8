"""Typed calls of the scripts beside this module, except admission's. All raise redis's errors."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from redis import Redis

from shared.jobs.model import (
    DEFERRED_JOBS,
    ENDED_CHANNEL,
    ERASED_PACE,
    JOB_COUNTS,
    MAX_ATTEMPTS,
    MAX_TICKETS,
    OPEN_JOBS,
    WAITING_JOBS,
    ClaimedFrame,
    ClaimRefusal,
    Job,
    JobStatus,
    frame_key,
    job_key,
    parse_job,
    run_key,
)
from shared.jobs.records import outcome_key, parse_record
from shared.queue import FRAMES, TASK_SECONDS, VISIBILITY_SECONDS
from shared.redis.primary import REQUIRE_PRIMARY
from shared.redis.script import Argument, ScriptCall, read_script, with_constants
from shared.verdicts import PictureQuality

HELD_SECONDS = 2 * (TASK_SECONDS + VISIBILITY_SECONDS)
"""How long it is remembered which job a ticket holds: longer than a run, and than its redelivery takes."""

QUALITY_SECONDS = 30
"""An older picture's quality says nothing about the next."""

CLAIM_FUNCTIONS = with_constants(
    read_script(__file__, "claim_functions.lua"),
    max_attempts=MAX_ATTEMPTS,
    erased_pace=ERASED_PACE,
    held_seconds=HELD_SECONDS,
    quality_seconds=QUALITY_SECONDS,
)
"""What comes before the text of a script that claims jobs."""

_CLAIM = REQUIRE_PRIMARY + CLAIM_FUNCTIONS + read_script(__file__, "claim.lua")
_END = read_script(__file__, "end.lua")
_DEFER = read_script(__file__, "defer.lua")
_FIND_OVERDUE = REQUIRE_PRIMARY + read_script(__file__, "find_overdue.lua")
_FIND_STALLED = REQUIRE_PRIMARY + read_script(__file__, "find_stalled.lua")
_RENEW_TICKET = read_script(__file__, "renew_ticket.lua")
_READ = REQUIRE_PRIMARY + read_script(__file__, "read.lua")


def claim(redis: Redis, job_id: UUID) -> ClaimedFrame | ClaimRefusal:
    """Claim a job and count the attempt; a refusal changes nothing."""
    claimed = parse_claim(_claim(job_id, "own").run(redis))
    return claimed if isinstance(claimed, ClaimedFrame) else claimed[0]


def claim_next(ticket: UUID) -> ScriptCall:
    """Return the call that claims the job which this ticket still holds, or the oldest waiting one."""
    return _claim(ticket, "next")


def _claim(ticket: UUID, which: str) -> ScriptCall:
    return ScriptCall(_CLAIM, [WAITING_JOBS, run_key(ticket)], [str(ticket), which])


def parse_claim(result: list[Any]) -> ClaimedFrame | tuple[ClaimRefusal, UUID | None]:
    """Return the claimed frame, or why there is none, and of which job."""
    match result:
        case [b"claimed", job_id, picture, meeting, participant, precheck, taken_at, look, quality, rules]:
            return ClaimedFrame(
                job_id=UUID(job_id.decode()),
                picture=picture,
                meeting_id=UUID(meeting.decode()),
                participant_id=UUID(participant.decode()),
                precheck=precheck == b"1",
                taken_at=datetime.fromtimestamp(float(taken_at), tz=UTC),
                look_for_second=look == 1,
                previous_quality=PictureQuality(quality.decode()) if quality else PictureQuality.GOOD,
                cached_rules=rules,
            )
        case [reason, *job_ids]:
            job_id = UUID(job_ids[0].decode()) if job_ids else None
            return ClaimRefusal(reason.decode()), job_id
        case _:
            raise ValueError(f"claim.lua returned {result!r}")


def renew_ticket(redis: Redis, message: str) -> None:
    """Send another ticket, Celery's message, if jobs wait and few tickets are in the queue."""
    ScriptCall(_RENEW_TICKET, [WAITING_JOBS, FRAMES], [message, MAX_TICKETS]).run(redis)


def end(
    redis: Redis, job_id: UUID, status: JobStatus, error: str, *, keep: int, only: JobStatus | None = None
) -> bool:
    """End a job as failed or expired, and only if it has the status `only`; False if nothing was changed.

    The ended job can be read for `keep` seconds.
    """
    keys = [job_key(job_id), frame_key(job_id), OPEN_JOBS, JOB_COUNTS, WAITING_JOBS]
    arguments: list[Argument] = [str(job_id), status, error, keep, ENDED_CHANNEL]
    return bool(ScriptCall(_END, keys, [*arguments, only] if only else arguments).run(redis))


def defer(redis: Redis, job_id: UUID, seconds: int, *, keep: int) -> None:
    """Put a claimed job back without counting the attempt; it expires `seconds` after its frame was taken."""
    keys = [job_key(job_id), frame_key(job_id), OPEN_JOBS, DEFERRED_JOBS]
    ScriptCall(_DEFER, keys, [str(job_id), seconds, keep]).run(redis)


def find_overdue(redis: Redis, seconds: float) -> list[UUID]:
    """Return open jobs whose deadline passed at least this many seconds ago."""
    return _ids(ScriptCall(_FIND_OVERDUE, [OPEN_JOBS], [seconds]).run(redis))


def find_stalled(redis: Redis, *, queued: float, running: float) -> list[UUID]:
    """Return jobs before their deadline whose message seems lost.

    A job is returned at most once in `queued` or `running` seconds, depending on its status.
    """
    return _ids(ScriptCall(_FIND_STALLED, [OPEN_JOBS, FRAMES], [queued, running]).run(redis))


def read(job_id: UUID) -> ScriptCall:
    """Return the call that reads a job; see `parse_read`."""
    return ScriptCall(_READ, [job_key(job_id), outcome_key(job_id)], [ERASED_PACE])


def parse_read(job_id: UUID, result: Sequence[bytes]) -> Job | None:
    """Return the job that `read` read; None if it is unknown, or its participant was erased."""
    fields = dict(zip(result[::2], result[1::2], strict=True))
    record = fields.get(b"record")
    if record is None:
        return parse_job(job_id, fields)
    return parse_record(job_id, record, has_messages=b"has_messages" in fields)


def _ids(result: list[bytes]) -> list[UUID]:
    return [UUID(job_id.decode()) for job_id in result]
