"""Erasure of a participant in Redis."""

from collections.abc import Iterator
from typing import cast
from uuid import UUID

from redis import Redis

from shared.jobs.model import JobStatus, job_key
from shared.jobs.records import outcome_key
from shared.presence.erasure import mark_erased
from shared.presence.timeline import DUE_MINUTES, NEW_INTERRUPTIONS
from worker.runtime.jobs import Jobs

SCAN_COUNT = 1_000


def erase_from_redis(redis: Redis, jobs: Jobs, participant_id: UUID) -> bool:
    """Mark the participant as erased, cancel their jobs and delete their keys. Raises redis's errors.

    Return whether nothing is left: a running job is ended by its worker, and deleted by a later call.
    """
    was_marked = mark_erased(participant_id).run(redis)
    _erase_from_timelines(redis, participant_id)
    is_running = False
    for job_id, status in list(_find_jobs(redis, participant_id)):
        # Cancel before deleting: every accepted frame must be counted as ended.
        if status == JobStatus.RUNNING or (status == JobStatus.QUEUED and not jobs.cancel(job_id)):
            is_running = True
        else:
            redis.delete(job_key(job_id), outcome_key(job_id))
    return bool(was_marked) and not is_running


def _erase_from_timelines(redis: Redis, participant_id: UUID) -> None:
    pattern = f"*{participant_id}*"
    for member, _ in redis.zscan_iter(DUE_MINUTES, match=pattern, count=SCAN_COUNT):
        redis.zrem(DUE_MINUTES, member)
    for line in redis.sscan_iter(NEW_INTERRUPTIONS, match=pattern, count=SCAN_COUNT):
        redis.srem(NEW_INTERRUPTIONS, line)


def _find_jobs(redis: Redis, participant_id: UUID) -> Iterator[tuple[UUID, str]]:
    """Yield the id and status of each of their jobs in Redis."""
    owner = str(participant_id).encode()
    for keys in _scan(redis, "job:*"):
        with redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hmget(key, "participant", "status")
            found = pipe.execute()
        for key, (participant, status) in zip(keys, found, strict=True):
            if participant == owner:
                yield _job_id(key), status.decode()
    for keys in _scan(redis, "outcome:*"):
        records = cast("list[bytes | None]", redis.mget(keys))
        for key, record in zip(keys, records, strict=True):
            if record and record.startswith(participant_id.bytes):
                yield _job_id(key), JobStatus.DONE


def _scan(redis: Redis, pattern: str) -> Iterator[list[bytes]]:
    cursor = None
    while cursor != 0:
        cursor, keys = redis.scan(cursor or 0, match=pattern, count=SCAN_COUNT)
        if keys:
            yield cast("list[bytes]", keys)


def _job_id(key: bytes) -> UUID:
    return UUID(key.decode().partition(":")[2])
