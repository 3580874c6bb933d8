"""How many commands Redis runs for a frame: they limit how many candidates one Redis can serve."""

from collections.abc import Callable
from uuid import UUID

import pytest
from redis import Redis

from tests.support.exam import ONE_FACE, Exam
from worker.frames.judging import Judging
from worker.frames.run import Run

FRAMES = 20


@pytest.fixture
def count_commands(redis: Redis) -> Callable[[], int]:
    """Return how many commands have run since the last call, also in scripts."""

    def count() -> int:
        commands = redis.info("commandstats")
        calls: int = sum(command["calls"] for command in commands.values())
        redis.config_resetstat()
        return calls

    return count


def test_commands_of_a_frame(exam: Exam, judging: Judging, count_commands: Callable[[], int]) -> None:
    run = Run(judging, lambda _: None, lambda: None, max_seconds=600)
    candidates = [exam.join() for _ in range(FRAMES + 1)]
    # Scripts are loaded, and the meeting's rules cached.
    first = candidates.pop()
    warm = first.submit_frame(ONE_FACE)
    run.judge_frames(UUID(warm))
    assert first.get_job(warm).is_success
    count_commands()

    frames = [(candidate, candidate.submit_frame(ONE_FACE)) for candidate in candidates]
    admission = count_commands() / FRAMES
    run.judge_frames(UUID(frames[0][1]))
    judging_commands = count_commands() / FRAMES
    assert {candidate.get_job(job_id).json()["verdict"] for candidate, job_id in frames} == {"ok"}
    reading = count_commands() / FRAMES

    # Each second the gateway asks Redis whether it accepts writes.
    # Judging takes 17 to 20: the throughput is sampled by time, and each minute of a candidate is noted once.
    assert admission <= 14
    assert judging_commands <= 21
    assert reading <= 5
