"""The Lua scripts of `shared/presence`, each run against a real Redis."""

from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest
from redis import Redis

from shared.jobs.model import pace_key
from shared.presence.connection import connected_key, disconnect, undelivered_key
from shared.presence.erasure import MARK_SECONDS, mark_erased
from shared.presence.last_seen import (
    FrameState,
    LastSeen,
    coverage_key,
    last_seen_key,
    parse_last_seen,
    record_last_seen,
    thumbnail_key,
)
from shared.presence.observations import (
    NO_CONTEXT,
    Observation,
    ObservationState,
    observe,
    suspicion_key,
)
from shared.presence.quality import QUALITY_SECONDS, quality_key, record_quality
from shared.verdicts import PictureQuality
from tests.support.samples import DEFAULT_RULES

GOOD = PictureQuality.GOOD
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def participant() -> UUID:
    return uuid4()


def record(redis: Redis, participant: UUID, seconds: int, state: FrameState, faces: int = 1) -> None:
    """Record a frame taken `seconds` after noon."""
    taken_at = NOON + timedelta(seconds=seconds)
    record_last_seen(participant, taken_at, state, faces, f"at {seconds}".encode(), GOOD).run(redis)


def test_newest_frame_is_last_seen(redis: Redis, participant: UUID) -> None:
    record(redis, participant, 0, FrameState.VERIFIED)
    record(redis, participant, 9, FrameState.NOBODY, faces=0)
    record(redis, participant, 5, FrameState.VERIFIED)  # judged late

    newest, verified = NOON + timedelta(seconds=9), NOON + timedelta(seconds=5)
    fields = cast("dict[bytes, bytes]", redis.hgetall(last_seen_key(participant)))
    assert parse_last_seen(fields) == LastSeen(newest, FrameState.NOBODY, 0, verified, quality=GOOD)
    assert redis.get(thumbnail_key(participant)) == b"at 9"


def test_flag_outweighs_the_rest_of_its_minute(redis: Redis, participant: UUID) -> None:
    for second, state in enumerate(("n", "f", "v", "d")):
        record(redis, participant, second, FrameState(state))
    record(redis, participant, 60, FrameState.DARK)

    assert sorted(redis.hvals(coverage_key(participant))) == [b"d", b"f"]


def test_hidden_face_is_timed_until_a_face_is_seen(redis: Redis, participant: UUID) -> None:
    def seen() -> LastSeen | None:
        return parse_last_seen(cast("dict[bytes, bytes]", redis.hgetall(last_seen_key(participant))))

    record(redis, participant, 0, FrameState.VERIFIED)
    for second in (10, 20, 15):
        record(redis, participant, second, FrameState.FACE_HIDDEN, faces=0)
    newest, first = NOON + timedelta(seconds=20), NOON + timedelta(seconds=10)
    assert seen() == LastSeen(newest, FrameState.FACE_HIDDEN, 0, NOON, hidden_since=first, quality=GOOD)
    # A gateway of the previous release reads a state that it knows.
    assert redis.hget(last_seen_key(participant), "sight") == FrameState.NOBODY.encode()

    record(redis, participant, 25, FrameState.VERIFIED)
    at_25 = NOON + timedelta(seconds=25)
    assert seen() == LastSeen(at_25, FrameState.VERIFIED, 1, at_25, quality=GOOD)


def test_keys_of_last_seen_expire(redis: Redis, participant: UUID) -> None:
    record(redis, participant, 0, FrameState.VERIFIED)

    assert all(redis.ttl(key) > 0 for key in redis.scan_iter())


def test_erasure_mark_deletes_what_was_seen(redis: Redis, participant: UUID) -> None:
    record(redis, participant, 0, FrameState.VERIFIED)
    redis.set(connected_key(participant), "page")
    redis.set(undelivered_key(participant), 1)
    observe(redis, observation(participant))
    record_quality(participant, GOOD).run(redis)

    assert mark_erased(participant).run(redis) == 0
    assert mark_erased(participant).run(redis) == 1

    assert redis.keys() == [pace_key(participant).encode()]
    assert 0 < redis.ttl(pace_key(participant)) <= MARK_SECONDS


def test_nothing_is_recorded_of_an_erased_participant(redis: Redis, participant: UUID) -> None:
    mark_erased(participant).run(redis)

    record(redis, participant, 0, FrameState.VERIFIED)
    assert observe(redis, observation(participant)) == NO_CONTEXT
    record_quality(participant, GOOD).run(redis)

    assert redis.keys() == [pace_key(participant).encode()]


def observation(participant: UUID) -> Observation:
    return Observation(uuid4(), participant, NOON, ObservationState.SUSPECTED, "", DEFAULT_RULES)


def test_quality_expires(redis: Redis, participant: UUID) -> None:
    record_quality(participant, GOOD).run(redis)

    assert redis.get(quality_key(participant)) == b"good"
    assert 0 < redis.ttl(quality_key(participant)) <= QUALITY_SECONDS


def test_suspicion_is_per_participant(redis: Redis, participant: UUID) -> None:
    observe(redis, observation(participant))

    assert redis.exists(suspicion_key(participant))
    assert not redis.exists(suspicion_key(uuid4()))


def test_disconnect_leaves_a_newer_connection(redis: Redis, participant: UUID) -> None:
    redis.set(connected_key(participant), "newer")

    disconnect(participant, "older").run(redis)
    assert redis.get(connected_key(participant)) == b"newer"

    disconnect(participant, "newer").run(redis)
    assert not redis.exists(connected_key(participant))
