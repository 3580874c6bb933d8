"""Overload: accepted frames are judged in time, the rest is refused."""

import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from redis import Redis

from dev.load.candidates import End, Outcome
from dev.load.exam import Exam as SimulatedExam
from dev.stack.stack import Stack
from shared.jobs.model import JOB_COUNTS, OPEN_JOBS
from tests.conftest import SECRET
from tests.support.exam import ONE_FACE, Exam
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

MAX_WAIT = 3.0
JUDGED_AT_LEAST = 150
"""More than can wait at once, so that the start does not dominate."""


@pytest.fixture(scope="module")
def slow() -> Iterator[Stack]:
    """A stack with one worker that needs 100 ms per frame."""
    environment = {
        "SECRET_KEY": SECRET,
        "DETECTOR": "simulated",
        "SIMULATED_DETECTOR_MS": "100",
        "FRAME_INTERVAL_MS": "500",
        "MAX_WAIT_SECONDS": str(MAX_WAIT),
        # Far longer, so that a frame expires only if it is lost, not on a busy machine.
        "FRAME_TTL_SECONDS": "100",
    }
    with (
        tempfile.TemporaryDirectory(prefix="proctor-tests-") as data,
        Stack(Path(data) / "data", workers=1, environment=environment) as running,
    ):
        yield running


@pytest.fixture
def client(slow: Stack) -> Iterator[httpx.Client]:
    slow.check()
    with httpx.Client(base_url=slow.url, timeout=60) as client:
        yield client


@pytest.fixture
def redis(slow: Stack) -> Iterator[Redis]:
    with Redis.from_url(slow.redis_url, decode_responses=True) as client:
        yield client


def counts(redis: Redis) -> Counter[str]:
    """Return the system's counters of accepted and ended frames."""
    return Counter({str(name): int(number) for name, number in redis.hgetall(JOB_COUNTS).items()})


def test_overload_is_refused_and_accepted_frames_are_in_time(slow: Stack, redis: Redis) -> None:
    # 60 candidates try to send two frames a second, twelve times what the worker can judge.
    before, outcomes = counts(redis), list[Outcome]()
    longest_queue = 0

    with SimulatedExam(slow.url, None, outcomes.append, candidates=60, grace_seconds=90):

        def judged() -> bool:
            nonlocal longest_queue
            longest_queue = max(longest_queue, redis.zcard(OPEN_JOBS))
            return sum(outcome.end is End.DONE for outcome in outcomes) >= JUDGED_AT_LEAST

        wait_until(judged, "enough frames are judged", 120)

    ends = Counter(outcome.end for outcome in outcomes)
    ages = sorted(outcome.seconds for outcome in outcomes if outcome.end is End.DONE)
    refusals = {outcome.result for outcome in outcomes if outcome.end is End.REFUSED}
    assert set(ends) == {End.DONE, End.REFUSED}
    assert refusals == {
        "503 the system is busy: a frame might wait longer than 3 s for its verdict; try again soon"
    }
    # The 90th percentile, not the maximum: a stalled machine can delay a few frames.
    assert ages[len(ages) * 9 // 10] < 2 * MAX_WAIT
    assert longest_queue < MAX_WAIT / 0.1
    # Frames are not refused too early either.
    assert ages[len(ages) // 2] > MAX_WAIT / 5
    assert counts(redis) - before == Counter(accepted=ends[End.DONE], done=ends[End.DONE])
    assert max(outcome.requested_ms or 0 for outcome in outcomes) > 1.5 * 500


def test_flooder_is_refused_and_delays_nobody(client: httpx.Client) -> None:
    exam = Exam.create(client)
    flooder, calm = exam.join(), exam.join()
    answers, stop = list[int](), threading.Event()

    def flood() -> None:
        while not stop.is_set():
            answers.append(flooder.post_frame(ONE_FACE).status_code)

    flooding = threading.Thread(target=flood)
    flooding.start()
    try:
        wait_until(lambda: answers.count(429) > 20, "the flooder is refused")
        jobs = [calm.get_job(calm.submit_frame(ONE_FACE), wait=20).json() for _ in range(5)]
    finally:
        stop.set()
        flooding.join()

    # Otherwise hundreds of the flooder's frames would have been queued first.
    assert {job["status"] for job in jobs} == {"done"}
    assert set(answers) == {202, 429}
    assert answers.count(202) < answers.count(429)
