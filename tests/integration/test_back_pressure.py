"""The door goes by how long a frame would wait, as far as that can be told by what Redis knows."""

import json
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from redis import Redis

from shared.jobs.admission import WAIT_BUDGET_SHARE
from shared.jobs.model import INITIAL_SECONDS_PER_JOB, OPEN, SECONDS_PER_JOB, job_key
from shared.queue import FRAMES
from shared.settings import Settings
from shared.verdicts import Outcome, Verdict
from tests.room import ONE_FACE, Room, assert_problem
from tests.samples import findings
from worker.jobs import Jobs

MAX_WAIT = 1000.0
"""So long that what the tests themselves take is nothing; other time is made to have passed."""
JUDGED = Outcome(verdict=Verdict(faces=1), findings=findings(1))


@pytest.fixture
def open_room(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> Callable[[float], Room]:
    """Makes a meeting at a gateway where a verdict may take so many seconds."""

    def create(max_wait: float) -> Room:
        waits = {
            "max_wait_seconds": max_wait,
            "frame_ttl_seconds": round(2 * max_wait),
            "joins_per_minute": 10_000,
        }
        return Room.create(other_gateway(Settings(**dict(settings) | waits)))

    return create


@pytest.fixture
def room(open_room: Callable[[float], Room]) -> Room:
    return open_room(MAX_WAIT)


def accepted(room: Room) -> UUID:
    """A frame of somebody new, who can't be too fast."""
    return UUID(room.join().accepted(ONE_FACE))


def taken(room: Room, redis: Redis) -> UUID:
    """A frame that a worker gets at once."""
    job_id = accepted(room)
    leaves_the_line(redis, job_id)
    return job_id


def refused(room: Room) -> httpx.Response:
    """The answer to a frame for which the line is too long."""
    response = room.join().post(ONE_FACE)
    assert "might wait longer than" in assert_problem(response, 503)
    assert int(response.headers["Retry-After"]) >= 1
    return response


def let_in(room: Room) -> int:
    """How many frames the door takes until it refuses one."""
    count = 0
    while room.join().post(ONE_FACE).status_code == 202:
        count += 1
    return count


def let_pass(redis: Redis, job_id: UUID, seconds: float) -> None:
    """Has the job come so much earlier."""
    for field in ("taken_at", "deadline"):
        redis.hincrbyfloat(job_key(job_id), field, -seconds)
    redis.zadd(OPEN, {str(job_id): -seconds}, incr=True, xx=True)


def leaves_the_line(redis: Redis, job_id: UUID) -> None:
    """A worker gets the message, as far as Redis can tell."""
    message = redis.rpop(FRAMES)
    assert isinstance(message, bytes)
    assert str(job_id).encode() in message


def judged(redis: Redis, jobs: Jobs, job_id: UUID, seconds: float) -> None:
    """The job is judged, so many seconds after it came."""
    leaves_the_line(redis, job_id)
    let_pass(redis, job_id, seconds)
    jobs.claim(job_id)
    jobs.finish(job_id, JUDGED)


def judged_next(redis: Redis, jobs: Jobs) -> float:
    """A worker judges the first in line; returns how many seconds ago that came."""
    message = redis.rpop(FRAMES)
    assert isinstance(message, bytes)
    job_id = UUID(json.loads(message)["headers"]["id"])
    jobs.claim(job_id)
    age = jobs.finish(job_id, JUDGED)
    assert age is not None
    return age


def learned(room: Room, redis: Redis, jobs: Jobs, seconds: float) -> None:
    """So many are judged, one after the other, that it is known how long one takes."""
    for _ in range(40):
        judged(redis, jobs, accepted(room), seconds)


def test_before_any_verdict_the_workers_are_taken_for_slow(open_room: Callable[[float], Room]) -> None:
    assert let_in(open_room(30)) <= 30 * WAIT_BUDGET_SHARE / INITIAL_SECONDS_PER_JOB


def test_slow_workers_close_the_door_early(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.15 * MAX_WAIT)

    assert let_in(room) == 2


def test_quick_workers_let_many_wait(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.01 * MAX_WAIT)

    assert let_in(room) > 30


def test_one_slow_frame_tells_little(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.01 * MAX_WAIT)
    judged(redis, jobs, accepted(room), seconds=MAX_WAIT)

    assert let_in(room) > 2


def test_many_workers_are_known_by_how_many_they_judge_at_a_time(
    room: Room, redis: Redis, jobs: Jobs
) -> None:
    # Eight workers judge eight at once.
    together = [taken(room, redis) for _ in range(8)]
    for job_id in together:
        let_pass(redis, job_id, 0.2 * MAX_WAIT)
        jobs.claim(job_id)
        jobs.finish(job_id, JUDGED)

    # By what each took alone there would be room for two.
    assert let_in(room) > 6


def test_those_in_the_workers_hands_come_before_it_too(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.1 * MAX_WAIT)

    for _ in range(4):
        taken(room, redis)

    # Only the one that finds nobody in line.
    assert let_in(room) == 1


def test_what_was_taken_is_judged_in_time_though_workers_become_half_as_fast(
    room: Room, redis: Redis, jobs: Jobs
) -> None:
    learned(room, redis, jobs, seconds=0.01 * MAX_WAIT)
    ages = list[float]()

    # There are always some who want in. One that leaves an empty line would be a worker that waits for them.
    for turn in [0.01 * MAX_WAIT] * 60 + [0.02 * MAX_WAIT] * 60:
        let_in(room)
        for job_id, _ in list(redis.zscan_iter(OPEN)):
            let_pass(redis, UUID(job_id.decode()), turn)
        ages.append(judged_next(redis, jobs))

    assert max(ages) < MAX_WAIT


def test_whoever_is_first_in_line_tells_that_workers_are_gone(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.001 * MAX_WAIT)
    first = accepted(room)
    let_pass(redis, first, MAX_WAIT / 2)

    refused(room)

    leaves_the_line(redis, first)
    accepted(room)


def test_message_of_a_deleted_job_closes_no_door(room: Room, redis: Redis) -> None:
    gone = accepted(room)
    redis.delete(job_key(gone))
    redis.zrem(OPEN, str(gone))

    accepted(room)  # though a message waits


def test_frame_in_a_workers_hands_is_not_first_in_line(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.001 * MAX_WAIT)
    slow = taken(room, redis)
    let_pass(redis, slow, MAX_WAIT / 2)
    accepted(room)

    accepted(room)


def test_one_that_a_dead_worker_held_closes_no_door(room: Room, redis: Redis, jobs: Jobs) -> None:
    stuck = accepted(room)
    leaves_the_line(redis, stuck)
    jobs.claim(stuck)
    let_pass(redis, stuck, 30)

    for _ in range(3):
        accepted(room)


def test_one_that_was_held_closes_no_door_and_is_no_measure(room: Room, redis: Redis, jobs: Jobs) -> None:
    held = accepted(room)
    jobs.claim(held)
    let_pass(redis, held, 600)
    jobs.defer(held)
    accepted(room)  # though the held one is first in line

    jobs.claim(held)
    jobs.finish(held, JUDGED)

    assert not redis.exists(SECONDS_PER_JOB)


def test_those_that_are_held_come_before_nobody(room: Room, redis: Redis, jobs: Jobs) -> None:
    for _ in range(6):
        held = taken(room, redis)
        jobs.claim(held)
        jobs.defer(held)

    learned(room, redis, jobs, seconds=0.15 * MAX_WAIT)

    assert let_in(room) == 2


def test_one_that_was_taken_up_twice_is_no_measure(room: Room, redis: Redis, jobs: Jobs) -> None:
    job_id = accepted(room)
    jobs.claim(job_id)
    judged(redis, jobs, job_id, seconds=45)

    assert not redis.exists(SECONDS_PER_JOB)


def test_with_nobody_in_line_there_is_always_a_way_in(room: Room, redis: Redis, jobs: Jobs) -> None:
    for _ in range(3):
        judged(redis, jobs, accepted(room), seconds=1.5 * MAX_WAIT)


def test_what_is_known_of_the_workers_is_soon_forgotten(room: Room, redis: Redis, jobs: Jobs) -> None:
    judged(redis, jobs, accepted(room), seconds=0.2)

    assert 0 < redis.ttl(SECONDS_PER_JOB) <= 60


def test_clients_are_asked_to_slow_down_before_any_is_refused(
    room: Room, redis: Redis, jobs: Jobs, settings: Settings
) -> None:
    learned(room, redis, jobs, seconds=0.11 * MAX_WAIT)

    pauses = [room.join().post(ONE_FACE).json()["next_frame_in_ms"] for _ in range(3)]

    assert pauses[0] == settings.frame_interval_ms
    assert pauses == sorted(set(pauses))
    assert refused(room).json()["next_frame_in_ms"] > pauses[-1]


def test_a_flooder_is_held_back_harder_the_busier_it_is(room: Room, redis: Redis, jobs: Jobs) -> None:
    def burst() -> int:
        """How many frames at once the door takes from somebody new, not counting them as waiting."""
        flooder, count = room.join(), 0
        while (response := flooder.post(ONE_FACE)).status_code == 202:
            count += 1
            newest = UUID(response.json()["job_id"])
            redis.lpop(FRAMES)
            redis.zrem(OPEN, str(newest))
        assert response.status_code == 429
        return count

    quiet = burst()
    learned(room, redis, jobs, seconds=0.11 * MAX_WAIT)
    for _ in range(2):
        accepted(room)

    assert burst() <= quiet / 2
