"""The door goes by how long a frame would wait, as far as that can be told by what Redis knows."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from redis import Redis

from shared.jobs import OPEN, PRUDENCE, TURN, TURN_AT_FIRST, job_key
from shared.queue import FRAMES
from shared.settings import Settings
from shared.verdicts import Outcome, Verdict
from tests.room import ONE_FACE, Room, Seat, assert_problem
from tests.samples import findings
from worker.jobs import Jobs

MAX_WAIT = 1.0
JUDGED = Outcome(verdict=Verdict(faces=1), findings=findings(1))


@pytest.fixture
def room(settings: Settings, other_gateway: Callable[[Settings], httpx.Client]) -> Room:
    """A meeting at a gateway that lets no frame wait for longer than a second."""
    return Room.create(other_gateway(Settings(**dict(settings) | {"max_wait_seconds": MAX_WAIT})))


@pytest.fixture
def seat(room: Room) -> Seat:
    return room.join()


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
    assert "might wait longer than 1 s" in assert_problem(response, 503)
    assert int(response.headers["Retry-After"]) >= 1
    return response


def let_pass(redis: Redis, job_id: UUID, seconds: float) -> None:
    """Has the job come so much earlier."""
    for field in ("taken_at", "deadline"):
        redis.hincrbyfloat(job_key(job_id), field, -seconds)


def leaves_the_line(redis: Redis, job_id: UUID) -> None:
    """A worker gets the message, as far as Redis can tell."""
    message = redis.rpop(FRAMES)
    assert isinstance(message, bytes)
    assert str(job_id).encode() in message


def judged(redis: Redis, jobs: Jobs, job_id: UUID, seconds: float) -> None:
    """The job is judged, so many seconds after it came."""
    leaves_the_line(redis, job_id)
    let_pass(redis, job_id, seconds)
    jobs.begin(job_id)
    jobs.finish(job_id, JUDGED)


def learned(room: Room, redis: Redis, jobs: Jobs, seconds: float) -> None:
    """So many are judged, one after the other, that it is known how long one takes."""
    for _ in range(40):
        judged(redis, jobs, accepted(room), seconds)


def test_before_any_verdict_the_workers_are_taken_for_slow(room: Room) -> None:
    for _ in range(round(MAX_WAIT * PRUDENCE / TURN_AT_FIRST)):
        accepted(room)

    refused(room)


def test_slow_workers_close_the_door_early(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.4)

    # Before the second there is one that takes 0.4 s, before the third there are two.
    for _ in range(2):
        accepted(room)

    refused(room)


def test_one_slow_frame_tells_little(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.01)
    judged(redis, jobs, accepted(room), seconds=1)

    for _ in range(4):
        accepted(room)


def test_quick_workers_let_many_wait(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.01)

    for _ in range(2 * round(MAX_WAIT / TURN_AT_FIRST)):
        accepted(room)


def test_many_workers_are_known_by_how_many_they_judge_at_a_time(
    room: Room, redis: Redis, jobs: Jobs
) -> None:
    # Eight workers judge eight at once, each for 0.4 s: that is one every 0.05 s.
    together = [taken(room, redis) for _ in range(8)]
    for job_id in together:
        let_pass(redis, job_id, 0.4)
        jobs.begin(job_id)
        jobs.finish(job_id, JUDGED)

    # By what each took alone there would be room for two.
    for _ in range(6):
        accepted(room)


def test_whoever_is_first_in_line_tells_that_workers_are_gone(room: Room, redis: Redis, jobs: Jobs) -> None:
    learned(room, redis, jobs, seconds=0.001)
    first = accepted(room)
    let_pass(redis, first, MAX_WAIT)

    refused(room)

    leaves_the_line(redis, first)
    accepted(room)


def test_one_that_a_dead_worker_held_closes_no_door(room: Room, redis: Redis, jobs: Jobs) -> None:
    stuck = accepted(room)
    leaves_the_line(redis, stuck)
    jobs.begin(stuck)
    let_pass(redis, stuck, 30)

    for _ in range(3):
        accepted(room)


def test_one_that_was_held_closes_no_door_and_is_no_measure(room: Room, redis: Redis, jobs: Jobs) -> None:
    held = accepted(room)
    jobs.begin(held)
    let_pass(redis, held, 600)
    jobs.hold(held)
    accepted(room)  # though the held one is first in line

    jobs.begin(held)
    jobs.finish(held, JUDGED)

    assert not redis.exists(TURN)


def test_one_that_was_taken_up_twice_is_no_measure(room: Room, redis: Redis, jobs: Jobs) -> None:
    job_id = accepted(room)
    jobs.begin(job_id)
    judged(redis, jobs, job_id, seconds=45)

    assert not redis.exists(TURN)


def test_with_nobody_in_line_there_is_always_a_way_in(room: Room, redis: Redis, jobs: Jobs) -> None:
    for _ in range(3):
        judged(redis, jobs, accepted(room), seconds=10 * MAX_WAIT)


def test_what_is_known_of_the_workers_is_soon_forgotten(room: Room, redis: Redis, jobs: Jobs) -> None:
    judged(redis, jobs, accepted(room), seconds=0.2)

    assert 0 < redis.ttl(TURN) <= 60


def test_clients_are_asked_to_slow_down_before_any_is_refused(
    room: Room, redis: Redis, jobs: Jobs, settings: Settings
) -> None:
    learned(room, redis, jobs, seconds=0.2)

    pauses = [room.join().post(ONE_FACE).json()["next_frame_in_ms"] for _ in range(4)]

    assert pauses[0] == settings.frame_interval_ms
    assert pauses == sorted(set(pauses))
    assert refused(room).json()["next_frame_in_ms"] > pauses[-1]


def test_a_flooder_is_held_back_harder_the_busier_it_is(room: Room, redis: Redis, jobs: Jobs) -> None:
    def let_in() -> int:
        """How many frames at once the door takes from somebody new, not counting them as waiting."""
        flooder, count = room.join(), 0
        while (response := flooder.post(ONE_FACE)).status_code == 202:
            count += 1
            newest = UUID(response.json()["job_id"])
            redis.lpop(FRAMES)
            redis.zrem(OPEN, str(newest))
        assert response.status_code == 429
        return count

    quiet = let_in()
    learned(room, redis, jobs, seconds=0.2)
    for _ in range(2):
        accepted(room)

    assert let_in() <= quiet / 2
