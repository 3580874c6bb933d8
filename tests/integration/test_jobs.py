"""A job's life in a real Redis, from both sides."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis
from redis.client import PubSub

from dev.stack.servers import Server, valkey
from shared.jobs.model import COUNTS, ENDED, MAX_ATTEMPTS, OPEN, SECONDS_PER_JOB, frame_key, job_key
from shared.queue import FRAMES
from shared.settings import Settings
from shared.verdicts import FlagKind, Outcome, Verdict
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem
from tests.support.samples import make_findings
from tests.support.waiting import wait_until
from worker.runtime.jobs import DEFER_SECONDS, Jobs
from worker.runtime.metrics import Expiry, Failure
from worker.runtime.redis import connect_redis

OK = Outcome(verdict=Verdict(faces=1), findings=make_findings(1))
TWO = Outcome(verdict=Verdict(faces=2, flag=FlagKind.MULTIPLE_FACES), findings=make_findings(2))
LONGEST_WAIT = 20


@pytest.fixture
def job_id(candidate: CandidateClient) -> UUID:
    return UUID(candidate.submit_frame(ONE_FACE))


def status(candidate: CandidateClient, job_id: UUID) -> tuple[str, str | None]:
    job = candidate.get_job(str(job_id)).json()
    return job["status"], job["error"]


def attempts(redis: Redis, job_id: UUID) -> int:
    return int(redis.hget(job_key(job_id), "attempts") or 0)


def set_deadline_back(redis: Redis, job_id: UUID, seconds: float) -> None:
    """Move the job's deadline so many seconds into the past."""
    deadline = time.time() - seconds
    redis.hset(job_key(job_id), "deadline", deadline)
    redis.zadd(OPEN, {str(job_id): deadline})


def test_claim_returns_the_frame(candidate: CandidateClient, job_id: UUID, jobs: Jobs) -> None:
    claimed = jobs.claim(job_id)

    assert claimed is not None
    assert claimed.picture == ONE_FACE
    assert (str(claimed.meeting_id), str(claimed.participant_id)) == (candidate.meeting_id, candidate.id)
    assert status(candidate, job_id) == ("running", None)


def test_job_fails_after_three_attempts(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert jobs.claim(job_id)
        assert attempts(redis, job_id) == attempt

    assert jobs.claim(job_id) is None
    assert status(candidate, job_id) == ("failed", "judging the picture broke off 3 times")
    assert redis.hgetall(COUNTS) == {b"accepted": b"1", b"failed": b"1"}


def test_job_ends_once(candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    with PubSub(redis.connection_pool, ignore_subscribe_messages=True) as channel:
        channel.subscribe(ENDED)
        channel.get_message(timeout=5)
        jobs.claim(job_id)
        jobs.finish(job_id, TWO)
        jobs.finish(job_id, OK)
        jobs.fail(job_id, "too late to fail", Failure.FAULT)
        jobs.expire(job_id, Expiry.LATE)
        redis.publish(ENDED, "no more")
        heard: list[object] = []
        while not heard or heard[-1] != b"no more":
            message = channel.get_message(timeout=5)
            heard.append(message and message["data"])

    assert heard == [str(job_id).encode(), b"no more"]
    assert candidate.get_job(str(job_id)).json()["verdict"] == "multiple_faces"
    assert status(candidate, job_id) == ("done", None)
    assert redis.hgetall(COUNTS) == {b"accepted": b"1", b"done": b"1"}
    assert redis.zcard(OPEN) == 0
    assert not redis.exists(frame_key(job_id))
    assert jobs.claim(job_id) is None
    assert status(candidate, job_id) == ("done", None)


def test_only_an_unclaimed_job_is_cancelled(exam: Exam, jobs: Jobs, redis: Redis) -> None:
    waiting, in_hand = (UUID(exam.join().submit_frame(ONE_FACE)) for _ in range(2))
    jobs.claim(in_hand)

    assert jobs.cancel(waiting)
    assert not jobs.cancel(waiting)
    assert not jobs.cancel(in_hand)

    assert redis.hgetall(COUNTS) == {b"accepted": b"2", b"failed": b"1"}
    assert redis.zrange(OPEN, 0, -1) == [str(in_hand).encode()]
    assert jobs.finish(in_hand, OK) is not None


def test_claim_after_the_deadline_expires_the_job(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    set_deadline_back(redis, job_id, 1)

    assert jobs.claim(job_id) is None

    assert status(candidate, job_id) == ("expired", "the frame waited too long for a worker")
    assert redis.hgetall(COUNTS) == {b"accepted": b"1", b"expired": b"1"}
    assert redis.zcard(OPEN) == 0


def test_job_without_its_picture_expires(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    redis.delete(frame_key(job_id))

    assert jobs.claim(job_id) is None
    assert status(candidate, job_id)[0] == "expired"


def test_deferring_does_not_count_the_attempt(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    for _ in range(MAX_ATTEMPTS + 2):
        assert jobs.claim(job_id)
        jobs.defer(job_id)
        assert status(candidate, job_id) == ("queued", None)

    assert attempts(redis, job_id) == 0
    assert redis.zcard(OPEN) == 1


def test_deferred_job_outlives_its_first_deadline(job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    jobs.claim(job_id)
    set_deadline_back(redis, job_id, 1)

    jobs.defer(job_id)

    assert jobs.claim(job_id)
    assert jobs.find_overdue(0) == []


def test_deferring_again_does_not_prolong_the_deadline(job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    taken_at = float(redis.hget(job_key(job_id), "taken_at") or 0) - DEFER_SECONDS / 2
    redis.hset(job_key(job_id), "taken_at", taken_at)
    for _ in range(3):
        jobs.claim(job_id)
        jobs.defer(job_id)

    assert float(redis.hget(job_key(job_id), "deadline") or 0) == pytest.approx(taken_at + DEFER_SECONDS)
    assert redis.zscore(OPEN, str(job_id)) == pytest.approx(taken_at + DEFER_SECONDS)


def test_deferring_does_not_reopen_an_ended_job(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    # Two workers have it, as after a visibility timeout: one loses Postgres, the other finishes.
    jobs.claim(job_id)
    jobs.claim(job_id)
    jobs.finish(job_id, TWO)

    jobs.defer(job_id)

    assert status(candidate, job_id) == ("done", None)
    assert redis.hgetall(COUNTS) == {b"accepted": b"1", b"done": b"1"}


def test_unknown_job_changes_nothing(candidate: CandidateClient, jobs: Jobs, redis: Redis) -> None:
    unknown, before = uuid4(), redis.keys()

    assert jobs.claim(unknown) is None
    jobs.defer(unknown)
    jobs.finish(unknown, OK)
    jobs.fail(unknown, "no", Failure.FAULT)
    jobs.expire(unknown, Expiry.LATE)

    assert redis.keys() == before
    assert_problem(candidate.get_job(str(unknown)), 404)
    assert_problem(candidate.get_job(str(unknown), wait=LONGEST_WAIT), 404)


def accept_as_before(redis: Redis, candidate: CandidateClient) -> UUID:
    """Accept a frame as the gateways of the previous release did."""
    job_id, now = uuid4(), time.time()
    ids = f"meeting {candidate.meeting_id} participant {candidate.id}"
    fields = f"status queued {ids} precheck 0 attempts 0 ahead 0"
    redis.hset(job_key(job_id), items=[*fields.split(), "taken_at", now, "deadline", now + 120])
    redis.set(frame_key(job_id), ONE_FACE, ex=3_720)
    redis.zadd(OPEN, {str(job_id): now + 120})
    redis.hincrby(COUNTS, "accepted")
    redis.lpush(FRAMES, json.dumps({"headers": {"id": str(job_id), "task": "frames.judge"}}))
    return job_id


def test_job_of_the_previous_release_is_judged(candidate: CandidateClient, jobs: Jobs, redis: Redis) -> None:
    old = accept_as_before(redis, candidate)
    new = UUID(candidate.submit_frame(ONE_FACE))

    for job_id in (old, new):
        assert jobs.claim(job_id)
        assert jobs.finish(job_id, OK) is not None

    assert [status(candidate, job_id)[0] for job_id in (old, new)] == ["done", "done"]
    assert redis.hgetall(COUNTS) == {b"accepted": b"2", b"done": b"2"}
    assert redis.exists(SECONDS_PER_JOB)


def test_stalled_job_of_the_previous_release_is_found(
    candidate: CandidateClient, jobs: Jobs, redis: Redis
) -> None:
    old = accept_as_before(redis, candidate)
    redis.delete(FRAMES)
    shift_back(redis, old, 16)

    assert stalled(jobs) == [old]


def shift_back(redis: Redis, job_id: UUID, seconds: float) -> None:
    """Shift all times of the job so many seconds into the past."""
    for field in ("taken_at", "deadline"):
        redis.hincrbyfloat(job_key(job_id), field, -seconds)
    redis.zincrby(OPEN, -seconds, str(job_id))


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
    assert status(candidate, lost)[0] == "expired"
    assert status(candidate, recent)[0] == status(candidate, fresh)[0] == "queued"


def test_open_job_without_a_hash_is_removed(job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    set_deadline_back(redis, job_id, 100)
    redis.delete(job_key(job_id))

    for lost in jobs.find_overdue(45):
        jobs.expire(lost, Expiry.LATE)

    assert redis.zcard(OPEN) == 0
    assert b"expired" not in redis.hgetall(COUNTS)


# -- waiting


def test_stray_message_on_the_channel_is_ignored(candidate: CandidateClient, redis: Redis) -> None:
    wait_until(lambda: is_subscribed(redis), "the gateway listens")

    assert redis.publish(ENDED, b"no job's id \xff") >= 1

    assert candidate.post_frame(ONE_FACE).status_code == 202


@pytest.fixture
def wait(candidate: CandidateClient) -> Iterator[Callable[[UUID], Callable[[], httpx.Response]]]:
    """Start to wait for a job; the result gives the answer, which must come before the longest wait."""
    with ThreadPoolExecutor() as pool:

        def start(job_id: UUID) -> Callable[[], httpx.Response]:
            began = time.monotonic()
            answer = pool.submit(candidate.get_job, str(job_id), LONGEST_WAIT)

            def collect() -> httpx.Response:
                response = answer.result()
                assert time.monotonic() - began < LONGEST_WAIT, "it came only when the wait was over"
                return response

            return collect

        yield start


Wait = Callable[[UUID], Callable[[], httpx.Response]]


def is_subscribed(redis: Redis) -> bool:
    return dict(redis.pubsub_numsub(ENDED))[ENDED.encode()] > 0


def test_wait_ends_with_the_job(job_id: UUID, jobs: Jobs, redis: Redis, wait: Wait) -> None:
    wait_until(lambda: is_subscribed(redis), "the gateway listens")
    answers = [wait(job_id) for _ in range(3)]
    time.sleep(0.5)  # so that they are probably waiting; it must hold as well when they are not yet

    jobs.claim(job_id)
    jobs.finish(job_id, TWO)

    for answer in answers:
        assert answer().json()["verdict"] == "multiple_faces"


def test_wait_for_an_ended_job_returns_at_once(job_id: UUID, jobs: Jobs, wait: Wait) -> None:
    jobs.fail(job_id, "no picture", Failure.FAULT)

    assert wait(job_id)().json()["error"] == "no picture"


def test_wait_returns_the_status_after_its_timeout(candidate: CandidateClient, job_id: UUID) -> None:
    assert candidate.get_job(str(job_id), wait=0.1).json()["status"] == "queued"


def test_wait_sees_an_end_while_unsubscribed(job_id: UUID, jobs: Jobs, redis: Redis, wait: Wait) -> None:
    wait_until(lambda: is_subscribed(redis), "the gateway listens")
    answer = wait(job_id)
    time.sleep(0.5)  # so that it is probably waiting
    jobs.claim(job_id)

    # In one transaction, so that the gateway has no time to listen again in between.
    with redis.pipeline(transaction=True) as atomic:
        atomic.client_kill_filter(_type="pubsub")
        atomic.hset(job_key(job_id), mapping={"status": "done", "outcome": TWO.model_dump_json()})
        atomic.publish(ENDED, str(job_id))
        assert atomic.execute()[-1] == 0  # nobody heard

    assert answer().json()["verdict"] == "multiple_faces"


@pytest.fixture
def own_valkey(tmp_path: Path, lock: int) -> Iterator[Server]:
    server = valkey(tmp_path / "valkey", tmp_path, lock)
    server.process.start()
    yield server
    server.process.stop()


def test_wait_survives_a_restart_of_redis(
    own_valkey: Server, settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    own = Settings(**dict(settings) | {"redis_url": own_valkey.url})
    candidate = Exam.create(other_gateway(own)).join()
    job_id, jobs = UUID(candidate.submit_frame(ONE_FACE)), Jobs(connect_redis(own))

    own_valkey.process.restart()

    with Redis.from_url(own_valkey.url) as redis, ExitStack() as ending:
        wait_until(lambda: is_subscribed(redis), "the gateway listens again")
        end = threading.Timer(0.5, lambda: jobs.finish(job_id, OK))
        end.start()
        ending.callback(end.join)
        began = time.monotonic()
        assert candidate.get_job(str(job_id), wait=LONGEST_WAIT).json()["verdict"] == "ok"
        assert time.monotonic() - began < LONGEST_WAIT
