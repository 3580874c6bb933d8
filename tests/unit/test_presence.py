"""The presence state that an invigilator sees: a verified person never looks like an unchecked one."""

from datetime import UTC, datetime, timedelta

import pytest

from api.participants.presence import Presence, derive_presence
from shared.presence.last_seen import FrameState, LastSeen

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
INTERVAL = timedelta(seconds=5)


def last_seen_as(state: FrameState, *, seconds_ago: float, verified_ago: float | None = None) -> LastSeen:
    return LastSeen(
        taken_at=NOW - timedelta(seconds=seconds_ago),
        state=state,
        faces=1,
        verified_at=None if verified_ago is None else NOW - timedelta(seconds=verified_ago),
    )


@pytest.mark.parametrize(
    ("last_seen", "state"),
    [
        (None, Presence.OFFLINE),
        (last_seen_as(FrameState.VERIFIED, seconds_ago=2, verified_ago=2), Presence.VERIFIED),
        (last_seen_as(FrameState.FLAGGED, seconds_ago=2, verified_ago=7), Presence.FLAGGED),
        (last_seen_as(FrameState.DARK, seconds_ago=2), Presence.DARK),
        (last_seen_as(FrameState.DARK, seconds_ago=2, verified_ago=7), Presence.VERIFIED),
        (last_seen_as(FrameState.DARK, seconds_ago=2, verified_ago=12), Presence.DARK),
        (last_seen_as(FrameState.NOBODY, seconds_ago=2, verified_ago=7), Presence.VERIFIED),
        (last_seen_as(FrameState.NOBODY, seconds_ago=2, verified_ago=40), Presence.STALE),
        (last_seen_as(FrameState.NOBODY, seconds_ago=2), Presence.STALE),
        (last_seen_as(FrameState.FACE_HIDDEN, seconds_ago=2, verified_ago=7), Presence.VERIFIED),
        (last_seen_as(FrameState.FACE_HIDDEN, seconds_ago=2, verified_ago=40), Presence.FACE_HIDDEN),
        (last_seen_as(FrameState.FACE_HIDDEN, seconds_ago=30), Presence.STALE),
        (last_seen_as(FrameState.VERIFIED, seconds_ago=30, verified_ago=30), Presence.STALE),
        (last_seen_as(FrameState.FLAGGED, seconds_ago=30), Presence.STALE),
        (last_seen_as(FrameState.VERIFIED, seconds_ago=61, verified_ago=61), Presence.OFFLINE),
        (last_seen_as(FrameState.VERIFIED, seconds_ago=-61, verified_ago=-61), Presence.OFFLINE),
    ],
)
def test_presence_follows_the_newest_frame(last_seen: LastSeen | None, state: Presence) -> None:
    assert derive_presence(last_seen, None, NOW, INTERVAL) is state


def test_left_state_ends_with_a_newer_frame() -> None:
    before = last_seen_as(FrameState.VERIFIED, seconds_ago=3, verified_ago=3)
    left_at = NOW - timedelta(seconds=2)

    assert derive_presence(before, left_at, NOW, INTERVAL) is Presence.LEFT
    assert derive_presence(None, left_at, NOW, INTERVAL) is Presence.LEFT

    after = last_seen_as(FrameState.VERIFIED, seconds_ago=1, verified_ago=1)
    assert derive_presence(after, left_at, NOW, INTERVAL) is Presence.VERIFIED


def test_long_frame_interval_does_not_mean_offline() -> None:
    last_seen = last_seen_as(FrameState.VERIFIED, seconds_ago=90, verified_ago=90)

    assert derive_presence(last_seen, None, NOW, timedelta(seconds=30)) is Presence.VERIFIED
