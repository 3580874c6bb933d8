"""How often a job was claimed, also after it has ended."""

from typing import cast
from uuid import UUID

from redis import Redis

from shared.jobs.model import job_key
from shared.jobs.records import outcome_key


def read_attempts(redis: Redis, job_id: UUID) -> int:
    """Return the number of attempts; 0 for an unknown job."""
    record = cast("bytes | None", redis.get(outcome_key(job_id)))
    return int(record[32:33] if record else redis.hget(job_key(job_id), "attempts") or 0)
