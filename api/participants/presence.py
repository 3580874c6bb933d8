"""The presence state of a candidate."""

from datetime import datetime, timedelta
from enum import StrEnum

from shared.presence.last_seen import FrameState, LastSeen

INTERVALS_UNTIL_STALE = 4
INTERVALS_UNTIL_DARK = 1.5
"""One dark frame between good ones changes nothing, as on the candidate's page."""
OFFLINE = timedelta(seconds=60)


class Presence(StrEnum):
    """A candidate's state, the most urgent first. Only `verified` means that nothing is wrong."""

    FLAGGED = "flagged"
    DARK = "dark"
    STALE = "stale"
    OFFLINE = "offline"
    FACE_HIDDEN = "face_hidden"
    """Somebody is there, without a visible face: bent over the paper, for example."""
    VERIFIED = "verified"
    LEFT = "left"


def derive_presence(
    seen: LastSeen | None, left_at: datetime | None, now: datetime, interval: timedelta
) -> Presence:
    """Derive the state from the newest frame; `interval` is the usual time between two frames.

    A frame with nobody in it has no own state: the last verification counts for some intervals, then the
    candidate is stale, just as without new frames. So it is with somebody whose face is not visible, who then
    has an own state.
    """
    if left_at and (seen is None or seen.taken_at < left_at):
        return Presence.LEFT
    # A time far ahead is from before Redis's clock was set back.
    if seen is None or abs(now - seen.taken_at) > max(OFFLINE, interval * INTERVALS_UNTIL_STALE):
        return Presence.OFFLINE
    recent = now - interval * INTERVALS_UNTIL_STALE
    if seen.taken_at < recent:
        return Presence.STALE
    verified_before = seen.taken_at - seen.verified_at if seen.verified_at else timedelta.max
    match seen.state:
        case FrameState.FLAGGED:
            return Presence.FLAGGED
        case FrameState.DARK if verified_before > interval * INTERVALS_UNTIL_DARK:
            return Presence.DARK
        case _ if seen.verified_at is not None and seen.verified_at >= recent:
            return Presence.VERIFIED
        case FrameState.FACE_HIDDEN:
            return Presence.FACE_HIDDEN
        case _:
            return Presence.STALE
