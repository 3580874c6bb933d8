"""Has Redis forget somebody who was erased."""

from collections.abc import Iterator
from typing import cast
from uuid import UUID

from redis import Redis

from shared.jobs.model import JobStatus, job_key
from shared.presence.erasure import mark_erased
from worker.jobs import Jobs

AT_ONCE = 1_000


def forget(redis: Redis, jobs: Jobs, participant_id: UUID) -> bool:
    """Mark the person as erased, end their jobs, and delete what is known of them; raises redis's errors.

    False as long as there may be more: a worker that has a frame in hand ends its job when it is done.
    """
    was_marked = mark_erased(participant_id).run(redis)
    in_hand = False
    for job_id, status in list(_jobs_of(redis, participant_id)):
        # Ended before it is deleted, or the accounts of what was accepted would not come out even.
        if status == JobStatus.RUNNING or (status == JobStatus.QUEUED and not jobs.cancel(job_id)):
            in_hand = True
        else:
            redis.delete(job_key(job_id))
    return bool(was_marked) and not in_hand


def _jobs_of(redis: Redis, participant_id: UUID) -> Iterator[tuple[UUID, str]]:
    """Every job of theirs that is remembered, and its status."""
    cursor = None
    while cursor != 0:
        cursor, keys = redis.scan(cursor or 0, match="job:*", count=AT_ONCE)
        with redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hmget(key, "participant", "status")
            found = pipe.execute()
        for key, (participant, status) in zip(cast("list[bytes]", keys), found, strict=True):
            if participant == str(participant_id).encode():
                yield UUID(key.decode().partition(":")[2]), status.decode()
