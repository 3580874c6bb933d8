"""The state that an invigilator reads: clean and not-being-checked must never look alike."""

from datetime import UTC, datetime, timedelta

import pytest

from api.participants.presence import Presence, presence_of
from shared.presence.last_seen import FrameState, LastSeen

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
INTERVAL = timedelta(seconds=5)


def seen(state: FrameState, *, seconds_ago: float, verified_ago: float | None = None) -> LastSeen:
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
        (seen(FrameState.VERIFIED, seconds_ago=2, verified_ago=2), Presence.VERIFIED),
        (seen(FrameState.FLAGGED, seconds_ago=2, verified_ago=7), Presence.FLAGGED),
        (seen(FrameState.DARK, seconds_ago=2, verified_ago=7), Presence.DARK),
        (seen(FrameState.NOBODY, seconds_ago=2, verified_ago=7), Presence.VERIFIED),
        (seen(FrameState.NOBODY, seconds_ago=2, verified_ago=40), Presence.STALE),
        (seen(FrameState.NOBODY, seconds_ago=2), Presence.STALE),
        (seen(FrameState.VERIFIED, seconds_ago=30, verified_ago=30), Presence.STALE),
        (seen(FrameState.FLAGGED, seconds_ago=30), Presence.STALE),
        (seen(FrameState.VERIFIED, seconds_ago=61, verified_ago=61), Presence.OFFLINE),
    ],
)
def test_presence_follows_the_newest_frame(last_seen: LastSeen | None, state: Presence) -> None:
    assert presence_of(last_seen, None, NOW, INTERVAL) is state


def test_left_state_ends_with_a_newer_frame() -> None:
    before = seen(FrameState.VERIFIED, seconds_ago=3, verified_ago=3)
    left_at = NOW - timedelta(seconds=2)

    assert presence_of(before, left_at, NOW, INTERVAL) is Presence.LEFT
    assert presence_of(None, left_at, NOW, INTERVAL) is Presence.LEFT

    after = seen(FrameState.VERIFIED, seconds_ago=1, verified_ago=1)
    assert presence_of(after, left_at, NOW, INTERVAL) is Presence.VERIFIED


def test_long_frame_interval_does_not_mean_offline() -> None:
    last_seen = seen(FrameState.VERIFIED, seconds_ago=90, verified_ago=90)

    assert presence_of(last_seen, None, NOW, timedelta(seconds=30)) is Presence.VERIFIED
