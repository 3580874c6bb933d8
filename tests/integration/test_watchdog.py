"""A hung worker exits by itself, and the health check reports it."""

import os
import signal
import subprocess
import sys
import time
from uuid import UUID

import httpx
import psutil
import pytest
from redis import Redis

from dev.stack.stack import Stack
from shared.jobs.model import LAST_JUDGED_AT
from shared.queue import TASK_SECONDS
from shared.settings import Settings
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam
from tests.support.jobs import shift_back
from tests.support.waiting import wait_until
from worker.runtime.jobs import Jobs
from worker.runtime.liveness import STALLED_SECONDS, stalled_seconds

pytestmark = pytest.mark.slow

TIMEOUT_SECONDS = 8 * TASK_SECONDS


def test_worker_with_a_hung_pool_exits(faulty: Stack) -> None:
    frames = faulty.processes["frames"]
    with httpx.Client(base_url=faulty.url, timeout=60) as client:
        candidate = Exam.create(client).join()
        assert candidate.judge_frame(ONE_FACE)["verdict"] == "ok"
        children = psutil.Process(frames.pid).children()
        for child in children:
            child.send_signal(signal.SIGSTOP)
        waiting = candidate.submit_frame(TWO_FACES)

        wait_until(lambda: frames.exit_code is not None, "the worker ends", TIMEOUT_SECONDS)

        # A stopped child would stay for ever.
        assert not any(child.is_running() and child.status() == psutil.STATUS_STOPPED for child in children)
        frames.start()
        assert candidate.wait_for_job(waiting)["verdict"] == "multiple_faces"


def check_health(settings: Settings) -> int:
    environment = os.environ | {"REDIS_URL": settings.redis_url.get_secret_value()}
    return subprocess.run(
        [sys.executable, "-m", "worker.runtime.liveness"], env=environment, capture_output=True, check=False
    ).returncode


def test_health_check_fails_when_no_frame_is_judged(
    candidate: CandidateClient, redis: Redis, settings: Settings
) -> None:
    assert check_health(settings) == 0  # nothing waits, nothing was ever judged
    job_id = candidate.submit_frame(ONE_FACE)
    assert check_health(settings) == 0  # it has just been accepted

    shift_back(redis, UUID(job_id), 2 * STALLED_SECONDS)
    assert check_health(settings) == 1

    redis.set(LAST_JUDGED_AT, time.time())
    assert check_health(settings) == 0  # other frames are being judged


def test_deferred_frames_do_not_count_as_stalled(
    candidate: CandidateClient, jobs: Jobs, redis: Redis
) -> None:
    job_id = UUID(candidate.submit_frame(ONE_FACE))
    jobs.claim(job_id)
    jobs.defer(job_id)
    shift_back(redis, job_id, 2 * STALLED_SECONDS)

    assert stalled_seconds(redis) == 0


def test_health_check_passes_while_redis_is_away() -> None:
    assert check_health(Settings(redis_url="redis://127.0.0.1:1/0")) == 0
