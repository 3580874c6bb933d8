"""Takes note of what was seen of a participant."""

from redis import Redis

from shared.sightings import (
    COVERAGE_MINUTES,
    SEE,
    SEEN_SECONDS,
    THUMBNAIL_SECONDS,
    Sight,
    coverage_key,
    seen_key,
    thumbnail_key,
)
from worker.jobs import Begun


class Sightings:
    """The sightings in Redis; noting one twice is noting it once."""

    def __init__(self, redis: Redis) -> None:
        self._see = redis.register_script(SEE)

    def note(self, frame: Begun, sight: Sight, faces: int, thumbnail: bytes) -> None:
        """Raises redis's errors."""
        who = frame.participant_id
        self._see(
            keys=[seen_key(who), thumbnail_key(who), coverage_key(who)],
            args=[
                frame.taken_at.timestamp(),
                sight,
                faces,
                thumbnail,
                SEEN_SECONDS,
                THUMBNAIL_SECONDS,
                COVERAGE_MINUTES,
            ],
        )
