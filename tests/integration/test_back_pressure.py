"""Admission control refuses a frame that would wait too long, judging by the workers' measured throughput."""

from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis

from shared.jobs.admission import WAIT_BUDGET_SHARE
from shared.jobs.model import (
    INITIAL_SECONDS_PER_JOB,
    LAST_JUDGED_AT,
    OPEN_JOBS,
    SECONDS_PER_JOB,
    WAITING_JOBS,
    job_key,
)
from shared.queue import FRAMES
from shared.settings import Settings
from tests.support.exam import ONE_FACE, Exam, assert_problem
from tests.support.jobs import OK, finish, shift_back
from worker.runtime.jobs import Jobs

MAX_WAIT = 1000.0
"""So long that the tests' own duration does not matter; all other time is simulated."""


@pytest.fixture
def open_exam(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> Callable[[float], Exam]:
    """Create a meeting at a gateway with this `max_wait_seconds`."""

    def create(max_wait: float) -> Exam:
        waits = {
            "max_wait_seconds": max_wait,
            "frame_ttl_seconds": round(2 * max_wait),
            "joins_per_minute": 1_000_000,
        }
        return Exam.create(other_gateway(Settings(**dict(settings) | waits)))

    return create


@pytest.fixture
def exam(open_exam: Callable[[float], Exam]) -> Exam:
    return open_exam(MAX_WAIT)


def submit_frame(exam: Exam) -> UUID:
    """Submit a frame of a new participant, who can't be too fast; return its job id."""
    return UUID(exam.join().submit_frame(ONE_FACE))


def submit_and_take(exam: Exam, redis: Redis) -> UUID:
    """Submit a frame whose message a worker takes at once; return its job id."""
    job_id = submit_frame(exam)
    take_message(redis, job_id)
    return job_id


def post_refused(exam: Exam) -> httpx.Response:
    """Post a frame that must be refused because it would wait too long."""
    response = exam.join().post_frame(ONE_FACE)
    assert "might wait longer than" in assert_problem(response, 503)
    assert int(response.headers["Retry-After"]) >= 1
    return response


def count_admitted(exam: Exam) -> int:
    """Return how many frames are admitted before one is refused."""
    count = 0
    while exam.join().post_frame(ONE_FACE).status_code == 202:
        count += 1
    return count


def take_message(redis: Redis, job_id: UUID) -> None:
    """Take the message from the queue and the job, as a worker does."""
    message = redis.rpop(FRAMES)
    assert isinstance(message, bytes)
    assert str(job_id).encode() in message
    redis.zrem(WAITING_JOBS, str(job_id))


def judge(redis: Redis, jobs: Jobs, job_id: UUID, seconds: float) -> None:
    """Judge the job `seconds` after its frame was accepted."""
    redis.delete(LAST_JUDGED_AT)  # as if the throughput had not just been measured
    take_message(redis, job_id)
    shift_back(redis, job_id, seconds)
    jobs.claim(job_id)
    finish(jobs, job_id, OK)


def judge_oldest(jobs: Jobs) -> float:
    """Judge the oldest waiting job; return the age of its frame in seconds."""
    frame = jobs.claim_next(uuid4())
    assert frame is not None
    age = finish(jobs, frame.job_id, OK)
    assert age is not None
    return age


def measure(exam: Exam, redis: Redis, jobs: Jobs, seconds: float) -> None:
    """Judge enough jobs to bring the mean to `seconds` per job."""
    for _ in range(40):
        judge(redis, jobs, submit_frame(exam), seconds)


def test_unmeasured_workers_count_as_slow(open_exam: Callable[[float], Exam]) -> None:
    assert count_admitted(open_exam(30)) <= 30 * WAIT_BUDGET_SHARE / INITIAL_SECONDS_PER_JOB


def test_slow_workers_admit_few(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    measure(exam, redis, jobs, seconds=0.15 * MAX_WAIT)

    assert count_admitted(exam) == 2


def test_fast_workers_admit_many(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    measure(exam, redis, jobs, seconds=0.01 * MAX_WAIT)

    assert count_admitted(exam) > 30


def test_one_slow_frame_hardly_changes_the_mean(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    measure(exam, redis, jobs, seconds=0.01 * MAX_WAIT)
    judge(redis, jobs, submit_frame(exam), seconds=MAX_WAIT)

    assert count_admitted(exam) > 2


def test_parallel_workers_raise_the_measured_throughput(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    # Eight workers judge eight frames in parallel.
    together = [submit_and_take(exam, redis) for _ in range(8)]
    for job_id in together:
        shift_back(redis, job_id, 0.2 * MAX_WAIT)
        jobs.claim(job_id)
        finish(jobs, job_id, OK)

    # Judged by the time of a single job, only two would be admitted.
    assert count_admitted(exam) > 6


def test_running_jobs_count_in_the_estimate(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    measure(exam, redis, jobs, seconds=0.1 * MAX_WAIT)

    for _ in range(4):
        submit_and_take(exam, redis)

    # Only the frame that finds the queue empty.
    assert count_admitted(exam) == 1


def test_admitted_frames_are_in_time_at_half_the_speed(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    measure(exam, redis, jobs, seconds=0.01 * MAX_WAIT)
    ages = list[float]()

    # Frames are offered all the time, so that the queue never runs empty.
    for seconds_per_job in [0.01 * MAX_WAIT] * 10 + [0.02 * MAX_WAIT] * 60:
        count_admitted(exam)
        for job_id, _ in list(redis.zscan_iter(OPEN_JOBS)):
            shift_back(redis, UUID(job_id.decode()), seconds_per_job)
        ages.append(judge_oldest(jobs))

    assert max(ages) < MAX_WAIT


def test_oldest_waiting_job_reveals_dead_workers(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    measure(exam, redis, jobs, seconds=0.001 * MAX_WAIT)
    first = submit_frame(exam)
    shift_back(redis, first, MAX_WAIT / 2)

    post_refused(exam)

    take_message(redis, first)
    submit_frame(exam)


def test_message_of_a_deleted_job_does_not_block(exam: Exam, redis: Redis) -> None:
    gone = submit_frame(exam)
    redis.delete(job_key(gone))
    redis.zrem(OPEN_JOBS, str(gone))

    submit_frame(exam)  # though a message waits


def test_running_job_is_not_the_oldest_waiting_one(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    measure(exam, redis, jobs, seconds=0.001 * MAX_WAIT)
    slow = submit_and_take(exam, redis)
    shift_back(redis, slow, MAX_WAIT / 2)
    submit_frame(exam)

    submit_frame(exam)


def test_job_of_a_dead_worker_does_not_block(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    stuck = submit_frame(exam)
    take_message(redis, stuck)
    jobs.claim(stuck)
    shift_back(redis, stuck, 30)

    for _ in range(3):
        submit_frame(exam)


def test_deferred_job_neither_blocks_nor_is_measured(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    deferred = submit_frame(exam)
    jobs.claim(deferred)
    shift_back(redis, deferred, 600)
    jobs.defer(deferred)
    submit_frame(exam)  # though the deferred one's message waits

    jobs.claim(deferred)
    finish(jobs, deferred, OK)

    assert not redis.exists(SECONDS_PER_JOB)


def test_deferred_jobs_do_not_count_in_the_estimate(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    for _ in range(6):
        deferred = submit_and_take(exam, redis)
        jobs.claim(deferred)
        jobs.defer(deferred)

    measure(exam, redis, jobs, seconds=0.15 * MAX_WAIT)

    assert count_admitted(exam) == 2


def test_job_that_was_claimed_twice_is_not_measured(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    job_id = submit_frame(exam)
    jobs.claim(job_id)
    judge(redis, jobs, job_id, seconds=45)

    assert not redis.exists(SECONDS_PER_JOB)


def test_empty_queue_always_admits(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    for _ in range(3):
        judge(redis, jobs, submit_frame(exam), seconds=1.5 * MAX_WAIT)


def test_measured_throughput_expires_within_a_minute(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    judge(redis, jobs, submit_frame(exam), seconds=0.2)

    assert 0 < redis.ttl(SECONDS_PER_JOB) <= 60


def test_clients_slow_down_before_any_is_refused(
    exam: Exam, redis: Redis, jobs: Jobs, settings: Settings
) -> None:
    measure(exam, redis, jobs, seconds=0.11 * MAX_WAIT)

    pauses = [exam.join().post_frame(ONE_FACE).json()["next_frame_in_ms"] for _ in range(3)]

    assert pauses[0] == settings.frame_interval_ms
    assert pauses == sorted(set(pauses))
    assert post_refused(exam).json()["next_frame_in_ms"] > pauses[-1]


def test_flooder_is_throttled_harder_under_load(exam: Exam, redis: Redis, jobs: Jobs) -> None:
    def burst() -> int:
        """Return how many frames in a row a new participant can send, each removed from the queue at once."""
        flooder, count = exam.join(), 0
        while (response := flooder.post_frame(ONE_FACE)).status_code == 202:
            count += 1
            newest = UUID(response.json()["job_id"])
            redis.lpop(FRAMES)
            for key in (OPEN_JOBS, WAITING_JOBS):
                redis.zrem(key, str(newest))
        assert response.status_code == 429
        return count

    quiet = burst()
    measure(exam, redis, jobs, seconds=0.11 * MAX_WAIT)
    for _ in range(2):
        submit_frame(exam)

    assert burst() <= quiet / 2
