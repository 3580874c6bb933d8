"""The Lua scripts of `shared/presence`, each run against a real Redis."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast
from uuid import UUID, uuid4

import pytest
from redis import Redis

from shared.jobs.model import pace_key
from shared.jobs.scripts import QUALITY_SECONDS
from shared.presence.connection import connected_key, disconnect, undelivered_key
from shared.presence.erasure import MARK_SECONDS, mark_erased
from shared.presence.finish import Recording
from shared.presence.last_seen import FrameState, LastSeen, parse_last_seen, presence_key, thumbnail_key
from shared.presence.observations import (
    NO_CONTEXT,
    Observation,
    ObservationState,
    observe,
    suspicion_key,
)
from shared.verdicts import PictureQuality
from tests.support.exam import ONE_FACE, CandidateClient
from tests.support.jobs import OK, open_job, record_frame
from tests.support.samples import DEFAULT_RULES
from worker.runtime.jobs import Jobs

GOOD = PictureQuality.GOOD
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def participant() -> UUID:
    return uuid4()


class Record(Protocol):
    """Record a frame of the participant, taken so many seconds after noon."""

    def __call__(self, seconds: int, state: FrameState, faces: int = 1) -> None: ...


@pytest.fixture
def record(redis: Redis, jobs: Jobs, participant: UUID) -> Record:
    def record(seconds: int, state: FrameState, faces: int = 1) -> None:
        taken_at, thumbnail = NOON + timedelta(seconds=seconds), f"at {seconds}".encode()
        record_frame(redis, jobs, participant, taken_at, state, faces, thumbnail)

    return record


def check_camera(redis: Redis, jobs: Jobs, participant: UUID) -> None:
    """Record a dim picture of the participant's camera check."""
    job_id = uuid4()
    open_job(redis, job_id, participant, NOON)
    jobs.finish(job_id, OK, Recording(participant, PictureQuality.DIM))


def last_seen(redis: Redis, participant: UUID) -> LastSeen | None:
    """Return the presence, without its coverage."""
    seen = parse_last_seen(cast("bytes | None", redis.get(presence_key(participant))))
    return seen and replace(seen, coverage="", coverage_minute=0)


def keys_of(redis: Redis, participant: UUID) -> list[bytes]:
    return cast("list[bytes]", redis.keys(f"*{participant}*"))


def test_newest_frame_is_last_seen(record: Record, redis: Redis, participant: UUID) -> None:
    record(0, FrameState.VERIFIED)
    record(9, FrameState.NOBODY, faces=0)
    record(5, FrameState.VERIFIED)  # judged late

    newest, verified = NOON + timedelta(seconds=9), NOON + timedelta(seconds=5)
    assert last_seen(redis, participant) == LastSeen(newest, FrameState.NOBODY, 0, verified, quality=GOOD)
    assert redis.get(thumbnail_key(participant)) == b"at 9"


def test_flag_outweighs_the_rest_of_its_minute(record: Record, redis: Redis, participant: UUID) -> None:
    for second, state in enumerate(("n", "f", "v", "d")):
        record(second, FrameState(state))
    record(60, FrameState.DARK)

    seen = parse_last_seen(cast("bytes", redis.get(presence_key(participant))))
    assert seen is not None
    assert seen.coverage.endswith("-fd")


def test_clock_set_back_does_not_freeze_presence(record: Record, redis: Redis, participant: UUID) -> None:
    """What was stored before the clock was set back lies in the future, here of Redis's clock."""
    redis_time = datetime.fromtimestamp(redis.time()[0], UTC)
    ahead = int((redis_time - NOON).total_seconds()) + 600
    record(0, FrameState.VERIFIED)
    for second, state in enumerate((FrameState.VERIFIED, FrameState.FACE_HIDDEN)):
        record(ahead + second, state)

    now = ahead - 601
    record(now, FrameState.NOBODY, faces=0)
    taken_at = NOON + timedelta(seconds=now)
    assert last_seen(redis, participant) == LastSeen(taken_at, FrameState.NOBODY, 0, None, quality=GOOD)
    record(now, FrameState.FACE_HIDDEN, faces=0)
    hidden = LastSeen(taken_at, FrameState.FACE_HIDDEN, 0, None, hidden_since=taken_at, quality=GOOD)
    assert last_seen(redis, participant) == hidden

    seen = parse_last_seen(cast("bytes", redis.get(presence_key(participant))))
    assert seen is not None
    assert FrameState.FACE_HIDDEN in seen.coverage_until(redis_time)
    assert FrameState.VERIFIED not in seen.coverage


def test_hidden_face_is_timed_until_a_face_is_seen(record: Record, redis: Redis, participant: UUID) -> None:
    record(0, FrameState.VERIFIED)
    for second in (10, 20, 15):
        record(second, FrameState.FACE_HIDDEN, faces=0)
    newest, first = NOON + timedelta(seconds=20), NOON + timedelta(seconds=10)
    hidden = LastSeen(newest, FrameState.FACE_HIDDEN, 0, NOON, hidden_since=first, quality=GOOD)
    assert last_seen(redis, participant) == hidden

    record(25, FrameState.VERIFIED)
    at_25 = NOON + timedelta(seconds=25)
    assert last_seen(redis, participant) == LastSeen(at_25, FrameState.VERIFIED, 1, at_25, quality=GOOD)


def test_keys_of_presence_expire(record: Record, redis: Redis, participant: UUID) -> None:
    record(0, FrameState.VERIFIED)

    keys = keys_of(redis, participant)
    assert len(keys) == 2
    assert all(redis.ttl(key) > 0 for key in keys)


def test_erasure_mark_deletes_what_was_seen(
    record: Record, redis: Redis, jobs: Jobs, participant: UUID
) -> None:
    record(0, FrameState.VERIFIED)
    redis.set(connected_key(participant), "page")
    redis.set(undelivered_key(participant), 1)
    observe(redis, observation(participant))
    check_camera(redis, jobs, participant)
    redis.hset(f"seen:{participant}", "faces", 1)  # by a worker of the previous release

    assert mark_erased(participant).run(redis) == 0
    assert mark_erased(participant).run(redis) == 1

    assert keys_of(redis, participant) == [pace_key(participant).encode()]
    assert 0 < redis.ttl(pace_key(participant)) <= MARK_SECONDS


def test_nothing_is_recorded_of_an_erased_participant(
    record: Record, redis: Redis, jobs: Jobs, participant: UUID
) -> None:
    mark_erased(participant).run(redis)

    record(0, FrameState.VERIFIED)
    assert observe(redis, observation(participant)) == NO_CONTEXT
    check_camera(redis, jobs, participant)

    assert keys_of(redis, participant) == [pace_key(participant).encode()]


def observation(participant: UUID) -> Observation:
    return Observation(uuid4(), participant, NOON, ObservationState.SUSPECTED, "", DEFAULT_RULES)


def test_quality_of_the_picture_before_is_forgotten(
    redis: Redis, jobs: Jobs, candidate: CandidateClient
) -> None:
    participant = UUID(candidate.id)
    check_camera(redis, jobs, participant)

    def previous_quality() -> PictureQuality | None:
        claimed = jobs.claim(UUID(candidate.submit_frame(ONE_FACE)))
        return claimed.previous_quality if claimed else None

    assert previous_quality() is PictureQuality.DIM
    assert last_seen(redis, participant) is None
    presence = json.loads(redis.get(presence_key(participant)) or "")
    presence["quality_at"] -= QUALITY_SECONDS
    redis.set(presence_key(participant), json.dumps(presence))
    assert previous_quality() is PictureQuality.GOOD


def test_suspicion_is_per_participant(redis: Redis, participant: UUID) -> None:
    observe(redis, observation(participant))

    assert redis.exists(suspicion_key(participant))
    assert not redis.exists(suspicion_key(uuid4()))


def test_disconnect_leaves_a_newer_connection(redis: Redis, participant: UUID) -> None:
    redis.set(connected_key(participant), "newer")

    disconnect(participant, "older", None, 0).run(redis)
    assert redis.get(connected_key(participant)) == b"newer"

    disconnect(participant, "newer", None, 0).run(redis)
    assert not redis.exists(connected_key(participant))
