"""Runs: many frames are judged with one ticket, and no frame is lost or judged twice by it."""

from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

import pytest
from redis import ConnectionError as RedisConnectionError
from redis import Redis
from sqlalchemy.exc import OperationalError

from dev.chaos.attempts import read_attempts
from shared.jobs.model import MAX_TICKETS, WAITING_JOBS, ClaimedFrame
from shared.queue import FRAMES
from shared.rules import Rules
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam
from tests.support.jobs import judge_frame, shift_back
from worker.frames.judging import Judging
from worker.frames.meeting_rules import MeetingRules
from worker.frames.run import Run
from worker.runtime.jobs import Jobs


class RecordingRun:
    """A run whose deferred frames and renewed tickets are recorded instead of sent."""

    def __init__(self, judging: Judging, *, max_seconds: float = 60) -> None:
        self.deferred: list[UUID] = []
        renew = partial(judging.jobs.renew_ticket, "another ticket")
        self.run = Run(judging, self._defer, renew, max_seconds)
        self.judge_frames = self.run.judge_frames

    def _defer(self, frame: ClaimedFrame) -> None:
        self.deferred.append(frame.job_id)
        self.run.judging.jobs.defer(frame.job_id)


def submit(exam: Exam, picture: bytes = ONE_FACE) -> tuple[CandidateClient, UUID]:
    """Submit a frame of a new candidate."""
    candidate = exam.join()
    return candidate, UUID(candidate.submit_frame(picture))


def verdicts(submitted: list[tuple[CandidateClient, UUID]]) -> list[str]:
    return [candidate.get_job(str(job_id)).json()["verdict"] for candidate, job_id in submitted]


@pytest.fixture
def submitted(exam: Exam) -> list[tuple[CandidateClient, UUID]]:
    """Five frames, the third of which is flagged."""
    return [submit(exam, TWO_FACES if number == 2 else ONE_FACE) for number in range(5)]


def test_one_ticket_judges_all_that_wait(
    submitted: list[tuple[CandidateClient, UUID]], judging: Judging, redis: Redis
) -> None:
    RecordingRun(judging).judge_frames(submitted[0][1])

    assert verdicts(submitted) == ["ok", "ok", "multiple_faces", "ok", "ok"]
    assert redis.zcard(WAITING_JOBS) == 0


def test_ticket_of_an_ended_job_judges_the_oldest(
    submitted: list[tuple[CandidateClient, UUID]], judging: Judging
) -> None:
    judge_frame(judging, submitted[3][1])

    RecordingRun(judging, max_seconds=0).judge_frames(submitted[3][1])

    assert verdicts(submitted) == ["ok", None, None, "ok", None]


def test_run_that_reaches_its_limit_leaves_a_ticket(
    submitted: list[tuple[CandidateClient, UUID]], judging: Judging, redis: Redis
) -> None:
    redis.delete(FRAMES)

    RecordingRun(judging, max_seconds=0).judge_frames(submitted[0][1])

    assert verdicts(submitted) == ["ok", None, None, None, None]
    assert redis.lrange(FRAMES, 0, -1) == [b"another ticket"]


def test_last_run_leaves_no_ticket(exam: Exam, judging: Judging, redis: Redis) -> None:
    _, job_id = submit(exam)
    redis.delete(FRAMES)

    RecordingRun(judging, max_seconds=0).judge_frames(job_id)

    assert redis.llen(FRAMES) == 0


def test_frame_of_a_killed_run_comes_back_with_its_ticket(
    submitted: list[tuple[CandidateClient, UUID]], judging: Judging, jobs: Jobs, redis: Redis
) -> None:
    (_, ticket), (_, second), *_ = submitted
    judge_frame(judging, ticket)
    held = jobs.claim_next(ticket)  # and the process is killed
    assert held is not None
    assert held.job_id == second

    # Another run can't take it; the redelivered ticket does, which counts as an attempt.
    other = jobs.claim_next(uuid4())
    assert other is not None
    assert other.job_id == submitted[2][1]
    RecordingRun(judging, max_seconds=0).judge_frames(ticket)
    assert verdicts(submitted) == ["ok", "ok", None, None, None]
    assert read_attempts(redis, second) == 2


def test_frame_is_claimed_once_if_the_answer_is_lost(
    submitted: list[tuple[CandidateClient, UUID]], jobs: Jobs
) -> None:
    ticket = uuid4()

    first, again = jobs.claim_next(ticket), jobs.claim_next(ticket)

    assert first is not None
    assert again is not None
    assert first.job_id == again.job_id == submitted[0][1]


def test_frame_in_a_run_is_not_taken_by_its_own_message(exam: Exam, jobs: Jobs) -> None:
    submit(exam)
    held = jobs.claim_next(uuid4())
    assert held is not None

    assert jobs.claim(held.job_id) is None


def test_frame_without_worker_or_ticket_is_queued_again(
    submitted: list[tuple[CandidateClient, UUID]], jobs: Jobs, redis: Redis
) -> None:
    held = jobs.claim_next(uuid4())
    assert held is not None
    shift_back(redis, held.job_id, 76)

    # Also while others wait in the queue.
    assert jobs.find_stalled(queued=15, running=75) == [held.job_id]
    assert jobs.claim(held.job_id)
    assert read_attempts(redis, held.job_id) == 2
    assert verdicts(submitted) == [None] * 5


def test_upload_that_is_not_sent_costs_no_frame_an_attempt(
    submitted: list[tuple[CandidateClient, UUID]], judging: Judging, redis: Redis
) -> None:
    def fail(_: UUID) -> None:
        raise RuntimeError("not sent")

    RecordingRun(replace(judging, send_upload=fail)).judge_frames(submitted[0][1])

    assert verdicts(submitted) == ["ok", "ok", "multiple_faces", "ok", "ok"]
    assert {read_attempts(redis, job_id) for _, job_id in submitted} == {1}


def test_faulty_frame_ends_alone(exam: Exam, judging: Judging) -> None:
    elsewhere = Exam.create(exam.client)
    (candidate, faulty), *others = [submit(elsewhere), submit(exam), submit(exam)]
    broken = FailingRules(judging, UUID(elsewhere.id), RuntimeError("a fault of ours"))

    RecordingRun(replace(judging, rules=broken)).judge_frames(faulty)

    assert verdicts(others) == ["ok", "ok"]
    assert candidate.get_job(str(faulty)).json()["status"] == "failed"


class FailingRules(MeetingRules):
    """Fails for one meeting, as while Postgres or Redis is down."""

    def __init__(self, judging: Judging, failing: UUID, error: Exception) -> None:
        self._rules, self._failing, self._error = judging.rules, failing, error

    def resolve(self, meeting_id: UUID, cached: bytes | None) -> Rules:
        if meeting_id == self._failing:
            raise self._error
        return self._rules.resolve(meeting_id, cached)


def test_deferred_frame_does_not_hold_up_the_others(exam: Exam, judging: Judging, redis: Redis) -> None:
    elsewhere = Exam.create(exam.client)
    (candidate, deferred), *others = [submit(elsewhere), submit(exam), submit(exam)]
    down = OperationalError("SELECT", {}, Exception("Postgres is down"))
    broken = replace(judging, rules=FailingRules(judging, UUID(elsewhere.id), down))
    run = RecordingRun(broken)

    run.judge_frames(deferred)

    assert run.deferred == [deferred]
    assert verdicts(others) == ["ok", "ok"]
    assert candidate.get_job(str(deferred)).json()["status"] == "queued"
    assert read_attempts(redis, deferred) == 0
    judge_frame(judging, deferred)
    assert verdicts([(candidate, deferred)]) == ["ok"]


def test_run_ends_when_redis_is_down(exam: Exam, judging: Judging) -> None:
    submitted = [submit(exam), submit(exam)]
    down = FailingRules(judging, UUID(exam.id), RedisConnectionError("down"))

    with pytest.raises(RedisConnectionError):
        RecordingRun(replace(judging, rules=down)).judge_frames(submitted[0][1])

    RecordingRun(judging).judge_frames(submitted[0][1])
    assert verdicts(submitted) == ["ok", "ok"]


def tickets_and_waiting(redis: Redis) -> tuple[int, int]:
    return redis.llen(FRAMES), redis.zcard(WAITING_JOBS)


def test_no_more_tickets_are_sent_than_frames_wait(exam: Exam, jobs: Jobs, redis: Redis) -> None:
    for _ in range(3):
        submit(exam)
    for _ in range(2):
        assert jobs.claim_next(uuid4())
    assert tickets_and_waiting(redis) == (3, 1)

    submit(exam)
    assert tickets_and_waiting(redis) == (3, 2)
    redis.ltrim(FRAMES, 0, 0)
    submit(exam)
    assert tickets_and_waiting(redis) == (2, 3)


def test_few_tickets_are_sent_for_many_frames(exam: Exam, judging: Judging, redis: Redis) -> None:
    submitted = [submit(exam) for _ in range(3 * MAX_TICKETS)]
    assert tickets_and_waiting(redis) == (MAX_TICKETS, len(submitted))

    # Any single one of them suffices.
    redis.ltrim(FRAMES, 1, 1)
    RecordingRun(judging, max_seconds=60).judge_frames(submitted[2][1])

    assert verdicts(submitted) == ["ok"] * len(submitted)


@pytest.mark.parametrize(("in_queue", "then"), [(0, 1), (1, 2), (MAX_TICKETS, MAX_TICKETS)])
def test_run_with_a_second_frame_wakes_another_worker(
    submitted: list[tuple[CandidateClient, UUID]], judging: Judging, redis: Redis, in_queue: int, then: int
) -> None:
    redis.delete(FRAMES)
    if in_queue:
        redis.lpush(FRAMES, *["a ticket"] * in_queue)

    class Stop(Exception): ...

    def renew() -> None:
        judging.jobs.renew_ticket("another ticket")
        raise Stop

    with pytest.raises(Stop):
        Run(judging, lambda _: None, renew, max_seconds=60).judge_frames(submitted[0][1])

    assert redis.llen(FRAMES) == then


def test_run_with_one_frame_sends_no_ticket(exam: Exam, judging: Judging) -> None:
    _, job_id = submit(exam)

    Run(judging, lambda _: None, lambda: pytest.fail("sent"), max_seconds=60).judge_frames(job_id)


def test_cancelled_frame_does_not_wait(exam: Exam, jobs: Jobs, redis: Redis) -> None:
    _, job_id = submit(exam)

    assert jobs.cancel(job_id)

    assert redis.zcard(WAITING_JOBS) == 0
