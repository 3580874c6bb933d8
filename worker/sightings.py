"""Takes note of what was seen of a participant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from redis.client import Pipeline

from shared.jobs.model import pace_key
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


@dataclass(frozen=True, slots=True)
class NewSighting:
    """What a judged frame says about the person who sent it."""

    participant_id: UUID
    taken_at: datetime
    sight: Sight
    faces: int
    thumbnail: bytes

    def note(self, pipeline: Pipeline) -> None:
        """To be done with the pipeline's other commands."""
        made_by = (seen_key, thumbnail_key, coverage_key, pace_key)
        keys = [make_key(self.participant_id) for make_key in made_by]
        pipeline.eval(
            SEE,
            len(keys),
            *keys,
            self.taken_at.timestamp(),
            self.sight,
            self.faces,
            self.thumbnail,
            SEEN_SECONDS,
            THUMBNAIL_SECONDS,
            COVERAGE_MINUTES,
        )
