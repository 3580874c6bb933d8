"""Stalled and overdue jobs are found, also those of the previous release."""

import json
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis

from shared.jobs.model import JOB_COUNTS, OPEN_JOBS, SECONDS_PER_JOB, frame_key, job_key
from shared.queue import FRAMES
from shared.settings import Settings
from tests.support.exam import ONE_FACE, CandidateClient, Exam
from tests.support.jobs import OK, finish, read_status, set_deadline_back, shift_back
from worker.runtime.jobs import Jobs
from worker.runtime.metrics import Expiry


def accept_as_before(redis: Redis, candidate: CandidateClient) -> UUID:
    """Accept a frame as a gateway of the previous release did."""
    job_id, now = uuid4(), time.time()
    ids = f"meeting {candidate.meeting_id} participant {candidate.id}"
    fields = f"status queued {ids} precheck 0 attempts 0 ahead 0"
    redis.hset(job_key(job_id), items=[*fields.split(), "taken_at", now, "deadline", now + 120])
    redis.set(frame_key(job_id), ONE_FACE, ex=3_720)
    redis.zadd(OPEN_JOBS, {str(job_id): now + 120})
    redis.hincrby(JOB_COUNTS, "accepted")
    redis.lpush(FRAMES, json.dumps({"headers": {"id": str(job_id), "task": "frames.judge"}}))
    return job_id


def test_job_of_the_previous_release_is_judged(candidate: CandidateClient, jobs: Jobs, redis: Redis) -> None:
    old = accept_as_before(redis, candidate)
    new = UUID(candidate.submit_frame(ONE_FACE))

    for job_id in (old, new):
        assert jobs.claim(job_id)
        assert finish(jobs, job_id, OK) is not None

    assert [read_status(candidate, job_id)[0] for job_id in (old, new)] == ["done", "done"]
    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"2", b"done": b"2"}
    assert redis.exists(SECONDS_PER_JOB)


def test_stalled_job_of_the_previous_release_is_found(
    candidate: CandidateClient, jobs: Jobs, redis: Redis
) -> None:
    old = accept_as_before(redis, candidate)
    redis.delete(FRAMES)
    shift_back(redis, old, 16)

    assert stalled(jobs) == [old]


def stalled(jobs: Jobs) -> list[UUID]:
    return jobs.find_stalled(queued=15, running=75)


def test_stalled_job_is_found_once_per_timeout(exam: Exam, jobs: Jobs, redis: Redis) -> None:
    lost, deferred, new = (UUID(exam.join().submit_frame(ONE_FACE)) for _ in range(3))
    jobs.claim(deferred)
    jobs.defer(deferred)
    for job_id in (lost, deferred):
        shift_back(redis, job_id, 16)
    assert stalled(jobs) == []  # the messages may still wait in the queue

    redis.delete(FRAMES)

    assert stalled(jobs) == [lost]
    assert stalled(jobs) == []  # it was only just sent again
    redis.hset(job_key(lost), "sent_at", time.time() - 16)
    assert stalled(jobs) == [lost]
    jobs.expire(lost, Expiry.LOST)
    assert stalled(jobs) == []
    assert jobs.claim(new)


def test_running_job_stalls_later_than_a_queued_one(job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    jobs.claim(job_id)
    redis.delete(FRAMES)

    shift_back(redis, job_id, 16)
    assert stalled(jobs) == []
    shift_back(redis, job_id, 60)
    assert stalled(jobs) == [job_id]


@pytest.mark.parametrize("ttl", [120, 7_200])
def test_deferred_job_does_not_count_as_stalled(
    ttl: int, settings: Settings, jobs: Jobs, redis: Redis, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    patient = Settings(**dict(settings) | {"frame_ttl_seconds": ttl})
    job_id = UUID(Exam.create(other_gateway(patient)).join().submit_frame(ONE_FACE))
    redis.delete(FRAMES)
    jobs.claim(job_id)
    jobs.defer(job_id)

    shift_back(redis, job_id, 100)

    assert stalled(jobs) == []


@pytest.mark.parametrize("ttl", [11, 30, 75])
def test_job_past_its_deadline_is_overdue_not_stalled(
    ttl: int, settings: Settings, jobs: Jobs, redis: Redis, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    short = Settings(**dict(settings) | {"frame_ttl_seconds": ttl, "max_wait_seconds": 10})
    job_id = UUID(Exam.create(other_gateway(short)).join().submit_frame(ONE_FACE))
    redis.delete(FRAMES)

    shift_back(redis, job_id, 16)
    assert stalled(jobs) == ([job_id] if ttl > 16 else [])
    shift_back(redis, job_id, ttl)

    assert stalled(jobs) == []
    assert jobs.find_overdue(0) == [job_id]


def test_job_is_overdue_some_time_after_its_deadline(exam: Exam, jobs: Jobs, redis: Redis) -> None:
    candidate = exam.join()
    lost, recent, fresh = (UUID(candidate.submit_frame(ONE_FACE)) for _ in range(3))
    set_deadline_back(redis, lost, 100)
    set_deadline_back(redis, recent, 10)

    assert jobs.find_overdue(45) == [lost]

    for job_id in jobs.find_overdue(45):
        jobs.expire(job_id, Expiry.LATE)
    assert jobs.find_overdue(45) == []
    assert read_status(candidate, lost)[0] == "expired"
    assert read_status(candidate, recent)[0] == read_status(candidate, fresh)[0] == "queued"


def test_open_job_without_a_hash_is_removed(job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    set_deadline_back(redis, job_id, 100)
    redis.delete(job_key(job_id))

    for lost in jobs.find_overdue(45):
        jobs.expire(lost, Expiry.LATE)

    assert redis.zcard(OPEN_JOBS) == 0
    assert b"expired" not in redis.hgetall(JOB_COUNTS)
