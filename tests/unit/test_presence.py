"""The state that an invigilator reads: clean and not-being-checked must never look alike."""

from datetime import UTC, datetime, timedelta

import pytest

from api.presence import Presence, presence_of
from shared.sightings import Sight, Sighting

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
INTERVAL = timedelta(seconds=5)


def seen(sight: Sight, *, seconds_ago: float, verified_ago: float | None = None) -> Sighting:
    return Sighting(
        taken_at=NOW - timedelta(seconds=seconds_ago),
        sight=sight,
        faces=1,
        verified_at=None if verified_ago is None else NOW - timedelta(seconds=verified_ago),
    )


@pytest.mark.parametrize(
    ("sighting", "state"),
    [
        (None, Presence.OFFLINE),
        (seen(Sight.VERIFIED, seconds_ago=2, verified_ago=2), Presence.VERIFIED),
        (seen(Sight.FLAGGED, seconds_ago=2, verified_ago=7), Presence.FLAGGED),
        (seen(Sight.DARK, seconds_ago=2, verified_ago=7), Presence.DARK),
        (seen(Sight.NOBODY, seconds_ago=2, verified_ago=7), Presence.VERIFIED),
        (seen(Sight.NOBODY, seconds_ago=2, verified_ago=40), Presence.STALE),
        (seen(Sight.NOBODY, seconds_ago=2), Presence.STALE),
        (seen(Sight.VERIFIED, seconds_ago=30, verified_ago=30), Presence.STALE),
        (seen(Sight.FLAGGED, seconds_ago=30), Presence.STALE),
        (seen(Sight.VERIFIED, seconds_ago=61, verified_ago=61), Presence.OFFLINE),
    ],
)
def test_what_the_newest_frame_says(sighting: Sighting | None, state: Presence) -> None:
    assert presence_of(sighting, None, NOW, INTERVAL) is state


def test_who_left_is_not_offline_and_who_came_back_has_not_left() -> None:
    before = seen(Sight.VERIFIED, seconds_ago=3, verified_ago=3)
    left_at = NOW - timedelta(seconds=2)

    assert presence_of(before, left_at, NOW, INTERVAL) is Presence.LEFT
    assert presence_of(None, left_at, NOW, INTERVAL) is Presence.LEFT

    after = seen(Sight.VERIFIED, seconds_ago=1, verified_ago=1)
    assert presence_of(after, left_at, NOW, INTERVAL) is Presence.VERIFIED


def test_a_long_interval_does_not_make_everybody_offline() -> None:
    sighting = seen(Sight.VERIFIED, seconds_ago=90, verified_ago=90)

    assert presence_of(sighting, None, NOW, timedelta(seconds=30)) is Presence.VERIFIED
