"""Timelines of a whole exam, from Redis to the answer, with times that are given instead of waited for."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import Engine, text

from api.participants.timeline_routes import Timeline, build_timeline
from shared.db.interruptions import (
    Interruption,
    InterruptionType,
    Reporter,
    record_heartbeats,
    record_interruptions,
)
from shared.db.timeline import load_record
from shared.presence.connection import connect, disconnect
from shared.presence.last_seen import FrameState
from shared.presence.timeline import DUE_MINUTES, NEW_INTERRUPTIONS, format_interruption
from tests.support.exam import CandidateClient, Exam
from tests.support.jobs import record_frame
from worker.evidence.erasure import erase_from_redis
from worker.evidence.timelines import write_due_minutes, write_new_interruptions
from worker.runtime.jobs import Jobs

MINUTES = 120
FRAMES = 2
"""A minute; a page sends twelve."""
SHARD = "of the simulated exam"
VERIFIED, FLAGGED, NOBODY = FrameState.VERIFIED, FrameState.FLAGGED, FrameState.NOBODY


@dataclass(frozen=True)
class Fault:
    """Why a candidate has no frames in these minutes after the start, the last one excluded."""

    type: str
    start: int
    end: int

    def holds(self, minute: int) -> bool:
        return self.start <= minute < self.end


GATEWAY_KILLED = Fault("server", 90, 93)
FAULTS = {
    "Ada": [],
    "Bob": [Fault("network", 20, 26), Fault("camera_off", 50, 57)],
    "Cleo": [Fault("page_closed", 15, 30), Fault("refused", 70, 74)],
    "Dan": [Fault("network", 5, 8), Fault("page_closed", 40, 42), Fault("camera_off", 100, 104)],
}


class SimulatedExam:
    """Two hours that have just ended; `start` is on a full minute."""

    def __init__(self, exam: Exam, redis: Redis, jobs: Jobs, database: Engine) -> None:
        self.exam, self.redis, self.jobs, self.database = exam, redis, jobs, database
        self.start = (int(time.time()) // 60 - MINUTES - 2) * 60
        self.candidates = {UUID(exam.join(name).id): FAULTS[name] for name in FAULTS}
        self.flushed_at: set[int] = set()

    def run(self, flush_at: set[int]) -> None:
        """Play the exam; Redis loses everything at the end of the minutes `flush_at`."""
        for participant_id in self.candidates:
            connect(participant_id, "page", self.start).run(self.redis)
        for minute in range(MINUTES):
            self._beat(minute)
            for participant_id, faults in self.candidates.items():
                self._play(participant_id, [*faults, GATEWAY_KILLED], minute)
            if minute in flush_at:
                self.redis.flushdb()
            self.write()
        self._leave()

    def write(self) -> None:
        """Do what the evidence worker does every ten seconds."""
        write_due_minutes(self.redis, self.database, time.time())
        write_new_interruptions(self.redis, self.database)

    def read(self, participant_id: UUID) -> Timeline:
        record = load_record(self.database, UUID(self.exam.id), SHARD, participant_id)
        assert record
        return build_timeline(participant_id, record, datetime.now(UTC))

    def _beat(self, minute: int) -> None:
        if GATEWAY_KILLED.holds(minute):
            return
        for second in range(0, 60, 10):
            record_heartbeats(self.database, [SHARD], self._time(minute, second))

    def _play(self, participant_id: UUID, faults: list[Fault], minute: int) -> None:
        for fault in faults:
            if fault.start == minute:
                self._begin(participant_id, fault)
            elif fault.end == minute:
                self._end(participant_id, fault)
        if any(fault.holds(minute) for fault in faults):
            return
        state = FLAGGED if minute % 10 == 3 else NOBODY if minute % 10 == 7 else VERIFIED
        for number in range(FRAMES):
            at = self._time(minute, 20 + 5 * number)
            record_frame(self.redis, self.jobs, participant_id, at, state, faces=2)

    def _begin(self, participant_id: UUID, fault: Fault) -> None:
        at = self.start + fault.start * 60
        match fault.type:
            case "network" | "page_closed" as reason:
                disconnect(participant_id, "page", InterruptionType(reason), at).run(self.redis)
            case "refused":
                for minute in range(fault.start, fault.end):
                    begin = self.start + minute * 60
                    line = format_interruption(participant_id, InterruptionType.REFUSED, begin, begin + 60)
                    self.redis.sadd(NEW_INTERRUPTIONS, line)

    def _end(self, participant_id: UUID, fault: Fault) -> None:
        connect(participant_id, "page", self.start + fault.end * 60).run(self.redis)
        if fault.type == "camera_off":
            start, end = self._time(fault.start, 1), self._time(fault.end, 5)
            report = Interruption(participant_id, InterruptionType.CAMERA_OFF, Reporter.PAGE, start, end)
            record_interruptions(self.database, [report])

    def _time(self, minute: int, second: float = 0) -> datetime:
        return datetime.fromtimestamp(self.start + minute * 60 + second, UTC)

    def _leave(self) -> None:
        with self.database.begin() as connection:
            connection.execute(
                text("UPDATE participants SET finished_at = :left WHERE meeting_id = :meeting"),
                {"left": self._time(MINUTES), "meeting": self.exam.id},
            )


@pytest.fixture
def simulated(exam: Exam, redis: Redis, jobs: Jobs, database: Engine) -> Iterator[SimulatedExam]:
    yield SimulatedExam(exam, redis, jobs, database)
    with database.begin() as connection:
        connection.execute(text("DELETE FROM heartbeats WHERE shard = :shard"), {"shard": SHARD})


def gap_types(simulated: SimulatedExam, timeline: Timeline) -> dict[int, str]:
    """Return the type of each gap minute, by minutes after the start."""
    return {
        int(gap.start.timestamp() - simulated.start) // 60 + offset: gap.type
        for gap in timeline.gaps
        for offset in range(gap.minutes)
    }


def test_exam_is_told_minute_by_minute(simulated: SimulatedExam) -> None:
    simulated.run(flush_at=set())

    for participant_id, faults in simulated.candidates.items():
        timeline = simulated.read(participant_id)
        expected = {
            minute: fault.type
            for fault in [*faults, GATEWAY_KILLED]
            for minute in range(fault.start, fault.end)
        }
        assert gap_types(simulated, timeline) == expected
        assert len(timeline.states) == sum(timeline.minutes_by_state.values()) == MINUTES
        assert timeline.minutes_by_state["gap"] == len(expected)
        assert {frames for frames in timeline.frames if frames} == {FRAMES}


def test_losses_of_redis_cost_at_most_the_last_minute(simulated: SimulatedExam) -> None:
    """One in the middle, one at the end, each when a minute has ended and is not written yet."""
    simulated.run(flush_at={60, MINUTES - 1})

    right = wrong = 0
    for participant_id, faults in simulated.candidates.items():
        timeline = simulated.read(participant_id)
        assert abs(sum(timeline.minutes_by_state.values()) - MINUTES) <= 1
        lost = Counter(gap_types(simulated, timeline).values())["unknown"]
        assert lost <= 2
        for minute, found in gap_types(simulated, timeline).items():
            expected = {fault.type for fault in [*faults, GATEWAY_KILLED] if fault.holds(minute)}
            right, wrong = right + (found in expected), wrong + (bool(expected) and found not in expected)
    assert right / (right + wrong) >= 0.95


def test_late_frame_is_added_to_its_minute(
    simulated: SimulatedExam, redis: Redis, jobs: Jobs, candidate: CandidateClient
) -> None:
    participant_id = UUID(candidate.id)
    at = datetime.fromtimestamp(simulated.start + 30, UTC)
    record_frame(redis, jobs, participant_id, at, VERIFIED)
    simulated.write()

    record_frame(redis, jobs, participant_id, at, FLAGGED, faces=3)
    simulated.write()

    timeline = simulated.read(participant_id)
    assert (timeline.states[0], timeline.frames[0], timeline.faces[0]) == ("f", 2, 3)
    assert redis.zcard(DUE_MINUTES) == 0


def test_frame_during_the_writing_is_written_next(
    simulated: SimulatedExam,
    redis: Redis,
    jobs: Jobs,
    candidate: CandidateClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    participant_id = UUID(candidate.id)
    at = datetime.fromtimestamp(simulated.start + 30, UTC)
    record_frame(redis, jobs, participant_id, at, VERIFIED)
    read = redis.mget

    def read_and_judge(keys: list[str]) -> object:
        presences = read(keys)
        record_frame(redis, jobs, participant_id, at, VERIFIED)
        return presences

    monkeypatch.setattr(redis, "mget", read_and_judge)
    write_due_minutes(redis, simulated.database, time.time())
    monkeypatch.undo()
    assert simulated.read(participant_id).frames[0] == 1

    simulated.write()

    assert simulated.read(participant_id).frames[0] == 2


def test_minute_that_lasts_is_not_written(redis: Redis, jobs: Jobs, candidate: CandidateClient) -> None:
    """Its frames may still come, and each would be written on its own."""
    now = datetime.now(UTC)
    record_frame(redis, jobs, UUID(candidate.id), now, VERIFIED)

    assert redis.zcount(DUE_MINUTES, "-inf", f"({(int(now.timestamp()) // 60 + 1) * 60}") == 0
    assert redis.zcard(DUE_MINUTES) == 1


def test_tasks_that_write_at_once_write_the_same(simulated: SimulatedExam) -> None:
    for minute in range(5):
        for participant_id, faults in simulated.candidates.items():
            simulated._play(participant_id, faults, minute)  # noqa: SLF001

    with ThreadPoolExecutor(3) as tasks:
        for task in [tasks.submit(simulated.write) for _ in range(3)]:
            task.result()

    for participant_id in simulated.candidates:
        assert simulated.read(participant_id).frames[:5] == [FRAMES] * 5


def test_clock_that_jumps_back_writes_no_minute_twice(
    simulated: SimulatedExam, redis: Redis, jobs: Jobs, candidate: CandidateClient
) -> None:
    participant_id = UUID(candidate.id)
    for minute in (50, 51, 10, 11, 50, 51, 52):
        at = datetime.fromtimestamp(simulated.start + minute * 60 + 1, UTC)
        record_frame(redis, jobs, participant_id, at, VERIFIED)
        simulated.write()

    timeline = simulated.read(participant_id)

    present = [minute for minute, frames in enumerate(timeline.frames) if frames]
    assert [timeline.frames[minute] for minute in present] == [1, 1, 2, 2, 1]
    assert present == [0, 1, 40, 41, 42]


def test_minutes_survive_an_outage_of_postgres(
    simulated: SimulatedExam, redis: Redis, jobs: Jobs, candidate: CandidateClient
) -> None:
    for minute in range(10):
        at = datetime.fromtimestamp(simulated.start + minute * 60, UTC)
        record_frame(redis, jobs, UUID(candidate.id), at, VERIFIED)

    simulated.write()

    assert simulated.read(UUID(candidate.id)).states.startswith("v" * 10)


def test_erased_candidate_leaves_nothing_to_write(
    simulated: SimulatedExam, redis: Redis, jobs: Jobs, candidate: CandidateClient
) -> None:
    participant_id = UUID(candidate.id)
    connect(participant_id, "page", 0).run(redis)
    disconnect(participant_id, "page", InterruptionType.NETWORK, simulated.start).run(redis)
    record_frame(redis, jobs, participant_id, datetime.now(UTC), VERIFIED)

    erase_from_redis(redis, jobs, participant_id)

    assert redis.zcard(DUE_MINUTES) == redis.scard(NEW_INTERRUPTIONS) == 0
    assert redis.keys("interrupted:*") == []
