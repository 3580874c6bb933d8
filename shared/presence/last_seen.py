"""When and how each participant was last seen, in Redis. It expires and is never evidence.

presence:{participant}   JSON: taken_at, state (a FrameState), faces and quality of the newest frame;
                         verified_at, hidden_since; frames: how many were judged;
                         minutes: what the last minutes with frames said, for the timeline;
                         coverage: the most significant FrameState of each minute up to coverage_minute;
                         last_quality, quality_at: of the newest picture, also in a camera check, and when
                         it was judged;
                         observations: the last frames, see `observations.py`
thumbnail:{participant}  a small JPEG of the newest frame, kept for a minute
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.verdicts import PictureQuality

COVERAGE_MINUTES = 30
THUMBNAIL_SECONDS = 60
PRESENCE_SECONDS = 24 * 3_600


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
    """No frame in that minute."""


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
    coverage: str = ""
    """One letter of `FrameState` for each minute of the half hour that ended with `coverage_minute`."""
    coverage_minute: int = 0

    def coverage_until(self, now: datetime) -> str:
        """Return one letter of `FrameState` for each minute of the last half hour, oldest first."""
        past = max(0, int(now.timestamp()) // 60 - self.coverage_minute)
        return self.coverage[past:] + NO_COVERAGE[:past]


NO_COVERAGE = FrameState.NOTHING * COVERAGE_MINUTES


def presence_key(participant_id: UUID) -> str:
    """Return the key of the participant's presence."""
    return f"presence:{participant_id}"


def thumbnail_key(participant_id: UUID) -> str:
    """Return the key of the newest thumbnail."""
    return f"thumbnail:{participant_id}"


def parse_last_seen(presence: bytes | None) -> LastSeen | None:
    """Return when and how the participant was last seen; None if no frame of an exam was judged yet."""
    fields: dict[str, Any] = json.loads(presence) if presence else {}
    if "taken_at" not in fields:
        return None
    quality = fields.get("quality")
    return LastSeen(
        taken_at=_time(fields["taken_at"]),
        state=FrameState(fields["state"]),
        faces=fields["faces"],
        verified_at=_time(fields["verified_at"]) if "verified_at" in fields else None,
        hidden_since=_time(fields["hidden_since"]) if "hidden_since" in fields else None,
        quality=PictureQuality(quality) if quality else None,
        coverage=fields["coverage"],
        coverage_minute=fields["coverage_minute"],
    )


def _time(seconds: str) -> datetime:
    return datetime.fromtimestamp(float(seconds), tz=UTC)
