"""Has Redis forget somebody who was erased."""

from collections.abc import Iterator
from typing import cast
from uuid import UUID

from redis import Redis

from shared.jobs import NEVER, JobStatus, job_key, pace_key
from shared.sightings import coverage_key, seen_key, thumbnail_key
from shared.watch import doubt_key, watch_key
from worker.jobs import Jobs

BARRED_SECONDS = 25 * 3_600
"""Longer than any token lives: no frame of theirs comes in after that either."""

AT_ONCE = 1_000


def forget(redis: Redis, jobs: Jobs, participant_id: UUID) -> bool:
    """Bars the person, ends their jobs, and deletes what is known of them; raises redis's errors.

    False as long as there may be more: a worker that has a frame in hand writes once more when it is done.
    """
    was_barred = redis.set(pace_key(participant_id), NEVER, ex=BARRED_SECONDS, get=True) == NEVER.encode()
    in_hand = False
    for job_id, status in list(_jobs_of(redis, participant_id)):
        # Ended before it is deleted, or the accounts of what was accepted would not come out even.
        if status == JobStatus.RUNNING or (status == JobStatus.QUEUED and not jobs.withdraw(job_id)):
            in_hand = True
        else:
            redis.delete(job_key(job_id))
    known = (seen_key, thumbnail_key, coverage_key, watch_key, doubt_key)
    redis.delete(*(make_key(participant_id) for make_key in known))
    return was_barred and not in_hand


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
