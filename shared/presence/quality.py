"""The quality of each participant's newest picture, in Redis, so that the next is judged with hysteresis.

picture:{participant}  a PictureQuality. The camera check and the exam share it, so both say the same.
"""

from typing import cast
from uuid import UUID

from redis import Redis

from shared.jobs.model import ERASED_PACE, pace_key
from shared.redis.script import ScriptCall, read_script
from shared.verdicts import PictureQuality

QUALITY_SECONDS = 30
"""An older picture says nothing about the next."""

_RECORD_QUALITY = read_script(__file__, "record_quality.lua")


def quality_key(participant_id: UUID) -> str:
    """Return the key of the newest picture's quality."""
    return f"picture:{participant_id}"


def record_quality(participant_id: UUID, quality: PictureQuality) -> ScriptCall:
    """Return the call that records a quality, unless the participant was erased. Idempotent."""
    keys = [quality_key(participant_id), pace_key(participant_id)]
    return ScriptCall(_RECORD_QUALITY, keys, [quality, QUALITY_SECONDS, ERASED_PACE])


def read_quality(redis: Redis, participant_id: UUID) -> PictureQuality:
    """Return the quality of the picture before; GOOD if there was none."""
    quality = cast("bytes | None", redis.get(quality_key(participant_id)))
    return PictureQuality(quality.decode()) if quality else PictureQuality.GOOD
