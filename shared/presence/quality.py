"""The quality of each participant's newest picture, in Redis, so that the next is judged with hysteresis.

quality:{participant}  a PictureQuality, shared by the camera check and the exam, so that both say the same

`record_last_seen.lua` writes it for frames of an exam. A worker reads it when it claims a frame.
"""

from uuid import UUID

from shared.jobs.model import ERASED_PACE, pace_key
from shared.redis.script import ScriptCall, read_script
from shared.verdicts import PictureQuality

QUALITY_SECONDS = 30
"""An older picture says nothing about the next."""

_RECORD_QUALITY = read_script(__file__, "record_quality.lua")


def quality_key(participant_id: UUID) -> str:
    """Return the key of the newest picture's quality."""
    return f"quality:{participant_id}"


def record_quality(participant_id: UUID, quality: PictureQuality) -> ScriptCall:
    """Return the call that records a camera check, unless the participant was erased. Idempotent."""
    keys = [quality_key(participant_id), pace_key(participant_id)]
    return ScriptCall(_RECORD_QUALITY, keys, [quality, QUALITY_SECONDS, ERASED_PACE])
