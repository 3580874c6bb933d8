"""Admission control: a refused frame leaves nothing behind and affects nobody else."""

import time
from collections.abc import Callable

import httpx
import pytest
from redis import Redis

from api.frames.admission import BURST
from shared.jobs.model import JOB_COUNTS, OPEN_JOBS
from shared.queue import FRAMES
from shared.settings import Settings
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem
from tests.support.tcp_proxy import TcpProxy

BACKLOG = 4


@pytest.fixture
def small_exam(settings: Settings, other_gateway: Callable[[Settings], httpx.Client]) -> Exam:
    """A meeting at a gateway with a small backlog."""
    return Exam.create(other_gateway(Settings(**dict(settings) | {"max_backlog": BACKLOG})))


def read_keys(redis: Redis) -> dict[str, object]:
    """Return everything in Redis except the rate limits, and who was refused, for the timelines."""
    return {
        str(key): redis.dump(key)
        for key in redis.scan_iter()
        if not key.startswith((b"pace:", b"limit:", b"timeline:interruptions"))
    }


def fill_until_refused(candidate: CandidateClient) -> httpx.Response:
    for _ in range(10 * BURST):
        response = candidate.post_frame(ONE_FACE)
        if response.status_code != 202:
            return response
    pytest.fail("never refused")


def test_accepted_frame_has_job_picture_and_message(candidate: CandidateClient, redis: Redis) -> None:
    job_id = candidate.submit_frame(ONE_FACE)

    assert redis.get(f"frame:{job_id}") == ONE_FACE
    assert redis.hget(f"job:{job_id}", "status") == b"queued"
    assert redis.zrange(OPEN_JOBS, 0, -1) == [job_id.encode()]
    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"1"}
    (message,) = redis.lrange(FRAMES, 0, -1)
    assert job_id.encode() in message
    assert len(message) < 2_000  # ids, never pictures
    assert all(redis.ttl(key) > 0 for key in (f"job:{job_id}", f"frame:{job_id}", f"pace:{candidate.id}"))


def test_too_fast_sender_gets_429_and_others_go_on(exam: Exam, redis: Redis, settings: Settings) -> None:
    hasty, calm = exam.join(), exam.join()

    refused = fill_until_refused(hasty)

    assert_problem(refused, 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.json()["next_frame_in_ms"] == settings.frame_interval_ms
    before = read_keys(redis)
    # Another frame does not extend the pause, and leaves nothing behind.
    again = hasty.post_frame(ONE_FACE)
    assert again.status_code in {202, 429}
    assert again.status_code == 202 or read_keys(redis) == before
    assert calm.post_frame(ONE_FACE).status_code == 202


def test_frame_after_retry_after_is_accepted(exam: Exam) -> None:
    hasty = exam.join()

    time.sleep(int(fill_until_refused(hasty).headers["Retry-After"]))

    assert hasty.post_frame(ONE_FACE).status_code == 202


def test_clock_set_back_locks_nobody_out(candidate: CandidateClient, redis: Redis) -> None:
    candidate.submit_frame(ONE_FACE)
    redis.set(f"pace:{candidate.id}", time.time() + 3_600)  # written before the clock was set back

    candidate.submit_frame(ONE_FACE)

    assert float(redis.get(f"pace:{candidate.id}") or 0) < time.time() + 60


def test_full_backlog_gets_503_and_keeps_nothing(small_exam: Exam, redis: Redis, settings: Settings) -> None:
    for _ in range(BACKLOG):
        small_exam.join().submit_frame(ONE_FACE)
    before, late = read_keys(redis), small_exam.join()

    refused = late.post_frame(ONE_FACE)

    assert_problem(refused, 503)
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.json()["next_frame_in_ms"] > settings.frame_interval_ms
    assert read_keys(redis) == before
    assert not redis.exists(f"pace:{late.id}")  # a refused frame does not count as sent


def test_clients_slow_down_as_the_backlog_grows(small_exam: Exam, settings: Settings) -> None:
    pauses = [small_exam.join().post_frame(ONE_FACE).json()["next_frame_in_ms"] for _ in range(BACKLOG)]

    assert pauses[0] == settings.frame_interval_ms
    assert pauses == sorted(set(pauses))


@pytest.mark.parametrize("picture", [b"GIF89a", b""])
def test_non_picture_is_refused_and_keeps_nothing(
    candidate: CandidateClient, redis: Redis, picture: bytes
) -> None:
    before = read_keys(redis)

    assert_problem(candidate.post_frame(picture), 422)

    assert read_keys(redis) == before


def test_idle_connection_reset_refuses_no_frame(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    redis = httpx.URL(settings.redis_url.get_secret_value())
    with TcpProxy((redis.host, redis.port or 0)) as proxy:
        proxied = redis.copy_with(port=proxy.port)
        candidate = Exam.create(
            other_gateway(Settings(**dict(settings) | {"redis_url": str(proxied)}))
        ).join()
        candidate.submit_frame(ONE_FACE)

        proxy.reset()

        job_id = candidate.submit_frame(ONE_FACE)
        assert candidate.get_job(job_id).json()["status"] == "queued"
