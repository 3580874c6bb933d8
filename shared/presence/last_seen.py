"""When and how each participant was last seen, in Redis. It expires and is never evidence.

seen:{participant}       hash: taken_at, sight (a FrameState), faces and quality of the newest frame;
                         verified_at, hidden_since, frames: how many were judged
thumbnail:{participant}  a small JPEG of the newest frame, kept for a minute
coverage:{participant}   hash: the most significant FrameState of each minute of the last half hour
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from shared.jobs.model import ERASED_PACE, pace_key
from shared.presence.quality import QUALITY_SECONDS, quality_key
from shared.redis.script import ScriptCall, read_script
from shared.verdicts import PictureQuality

COVERAGE_MINUTES = 30
THUMBNAIL_SECONDS = 60
SEEN_SECONDS = 24 * 3_600

_RECORD_LAST_SEEN = read_script(__file__, "record_last_seen.lua")


class FrameState(StrEnum):
    """What a judged frame says about the person; the letter is used in the coverage string."""

    VERIFIED = "v"
    FLAGGED = "f"
    NOBODY = "n"
    DARK = "d"
    """An unusable picture: too dark, of one colour, noise, or the same again and again."""
    FACE_HIDDEN = "h"
    """Somebody is there, without a visible face."""
    NOTHING = "-"
    """No frame in that minute; never stored."""


@dataclass(frozen=True, slots=True)
class LastSeen:
    """The newest judged frame of a participant, and when one last showed exactly one face."""

    taken_at: datetime
    state: FrameState
    faces: int
    verified_at: datetime | None
    hidden_since: datetime | None = None
    """Since when no frame has shown a face, though somebody is there."""
    quality: PictureQuality | None = None
    """None if a worker of the previous release judged the frame."""


def last_seen_key(participant_id: UUID) -> str:
    """Return the key of the newest frame's state."""
    return f"seen:{participant_id}"


def thumbnail_key(participant_id: UUID) -> str:
    """Return the key of the newest thumbnail."""
    return f"thumbnail:{participant_id}"


def coverage_key(participant_id: UUID) -> str:
    """Return the key of the states by minute."""
    return f"coverage:{participant_id}"


def record_last_seen(
    participant_id: UUID,
    taken_at: datetime,
    state: FrameState,
    faces: int,
    thumbnail: bytes,
    quality: PictureQuality | None,
) -> ScriptCall:
    """Return the call that records a judged frame, unless the participant was erased."""
    key_functions = (last_seen_key, thumbnail_key, coverage_key, pace_key, quality_key)
    return ScriptCall(
        _RECORD_LAST_SEEN,
        [make_key(participant_id) for make_key in key_functions],
        [
            taken_at.timestamp(),
            state,
            faces,
            thumbnail,
            SEEN_SECONDS,
            THUMBNAIL_SECONDS,
            COVERAGE_MINUTES,
            ERASED_PACE,
            quality or "",
            QUALITY_SECONDS,
        ],
    )


def parse_last_seen(fields: dict[bytes, bytes]) -> LastSeen | None:
    """Return the state from the fields of the hash; None if there was no frame yet."""
    if b"taken_at" not in fields:
        return None
    state = FrameState(fields[b"sight"].decode())
    verified_at, hidden_since = fields.get(b"verified_at"), fields.get(b"hidden_since")
    quality = fields.get(b"quality")
    return LastSeen(
        taken_at=_time(fields[b"taken_at"]),
        state=FrameState.FACE_HIDDEN if hidden_since and state is FrameState.NOBODY else state,
        faces=int(fields[b"faces"]),
        verified_at=_time(verified_at) if verified_at else None,
        hidden_since=_time(hidden_since) if hidden_since else None,
        quality=PictureQuality(quality.decode()) if quality else None,
    )


def parse_coverage(minutes: dict[bytes, bytes], now: datetime) -> str:
    """Return one letter of `FrameState` for each minute of the last half hour, oldest first."""
    current = int(now.timestamp()) // 60
    past = range(current - COVERAGE_MINUTES + 1, current + 1)
    return "".join(minutes.get(str(minute).encode(), FrameState.NOTHING.encode()).decode() for minute in past)


def _time(seconds: bytes) -> datetime:
    return datetime.fromtimestamp(float(seconds), tz=UTC)
