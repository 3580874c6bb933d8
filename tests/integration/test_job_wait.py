"""Waiting for a job: a request is answered as soon as the job ends."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from redis import Redis

from dev.stack.servers import Server, valkey
from shared.jobs.model import ENDED_CHANNEL, job_key
from shared.jobs.records import OUTCOMES_CHANNEL, pack_outcome
from shared.settings import Settings
from tests.support.exam import ONE_FACE, CandidateClient, Exam
from tests.support.jobs import MULTIPLE_FACES, OK, finish
from tests.support.waiting import wait_until
from worker.runtime.jobs import Jobs
from worker.runtime.metrics import Failure
from worker.runtime.redis import connect_redis

LONGEST_WAIT = 20


def test_stray_message_on_the_channel_is_ignored(candidate: CandidateClient, redis: Redis) -> None:
    wait_until(lambda: is_subscribed(redis), "the gateway is subscribed")

    assert redis.publish(ENDED_CHANNEL, b"no job's id \xff") >= 1

    assert candidate.post_frame(ONE_FACE).status_code == 202


@pytest.fixture
def wait(candidate: CandidateClient) -> Iterator[Callable[[UUID], Callable[[], httpx.Response]]]:
    """Starts to wait for a job; calling the result returns the answer, which must come before the timeout."""
    with ThreadPoolExecutor() as pool:

        def start(job_id: UUID) -> Callable[[], httpx.Response]:
            began = time.monotonic()
            answer = pool.submit(candidate.get_job, str(job_id), LONGEST_WAIT)

            def collect() -> httpx.Response:
                response = answer.result()
                assert time.monotonic() - began < LONGEST_WAIT, "the answer came only after the timeout"
                return response

            return collect

        yield start


Wait = Callable[[UUID], Callable[[], httpx.Response]]


def is_subscribed(redis: Redis) -> bool:
    return dict(redis.pubsub_numsub(ENDED_CHANNEL))[ENDED_CHANNEL.encode()] > 0


def test_wait_ends_with_the_job(job_id: UUID, jobs: Jobs, redis: Redis, wait: Wait) -> None:
    wait_until(lambda: is_subscribed(redis), "the gateway is subscribed")
    answers = [wait(job_id) for _ in range(3)]
    time.sleep(0.5)  # probably they are waiting now; it must also hold if they are not yet

    jobs.claim(job_id)
    finish(jobs, job_id, MULTIPLE_FACES)

    for answer in answers:
        assert answer().json()["verdict"] == "multiple_faces"


def test_wait_for_an_ended_job_returns_at_once(job_id: UUID, jobs: Jobs, wait: Wait) -> None:
    jobs.fail(job_id, "no picture", Failure.FAULT)

    assert wait(job_id)().json()["error"] == "no picture"


def test_wait_returns_the_status_after_its_timeout(candidate: CandidateClient, job_id: UUID) -> None:
    assert candidate.get_job(str(job_id), wait=0.1).json()["status"] == "queued"


def test_wait_sees_an_end_while_unsubscribed(job_id: UUID, jobs: Jobs, redis: Redis, wait: Wait) -> None:
    wait_until(lambda: is_subscribed(redis), "the gateway is subscribed")
    answer = wait(job_id)
    time.sleep(0.5)  # probably it is waiting now
    jobs.claim(job_id)

    # In one transaction, so that the gateway can't subscribe again in between.
    with redis.pipeline(transaction=True) as atomic:
        atomic.client_kill_filter(_type="pubsub")
        atomic.hset(job_key(job_id), mapping={"status": "done", "outcome": MULTIPLE_FACES.model_dump_json()})
        atomic.publish(ENDED_CHANNEL, str(job_id))
        assert atomic.execute()[-1] == 0  # no subscriber received it

    assert answer().json()["verdict"] == "multiple_faces"


def test_published_outcome_is_not_read_again(candidate: CandidateClient, job_id: UUID, redis: Redis) -> None:
    ids = UUID(candidate.id).bytes + UUID(candidate.meeting_id).bytes
    message = str(job_id).encode() + b"0" + ids + b"1" + pack_outcome(MULTIPLE_FACES)
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(candidate.get_job, str(job_id), LONGEST_WAIT)
        wait_until(lambda: redis.publish(OUTCOMES_CHANNEL, message) and answer.done(), "it is answered")

    assert answer.result().json()["verdict"] == "multiple_faces"
    assert candidate.get_job(str(job_id)).json()["status"] == "queued"


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
    job_id, jobs = UUID(candidate.submit_frame(ONE_FACE)), Jobs(connect_redis(own), own.job_retention_seconds)

    own_valkey.process.restart()

    with Redis.from_url(own_valkey.url) as redis, ExitStack() as ending:
        wait_until(lambda: is_subscribed(redis), "the gateway is subscribed again")
        end = threading.Timer(0.5, lambda: finish(jobs, job_id, OK))
        end.start()
        ending.callback(end.join)
        began = time.monotonic()
        assert candidate.get_job(str(job_id), wait=LONGEST_WAIT).json()["verdict"] == "ok"
        assert time.monotonic() - began < LONGEST_WAIT
