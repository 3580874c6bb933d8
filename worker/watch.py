"""A frame in the light of those before and after it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from redis import Redis
from redis.client import Pipeline

from shared.jobs.model import pace_key
from shared.rules import Rules
from shared.watch import (
    DOUBT_SECONDS,
    FEWEST,
    GAP_SECONDS,
    KEEP_SECONDS,
    WATCH,
    Seen,
    doubt_key,
    watch_key,
)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the frames around one add to it."""

    doubt_holds: bool = False
    absence_lasts: bool = False
    """True for one frame of each absence: the one to flag."""
    frozen: bool = False
    """All pictures of the absence are the same to the byte: a camera's never are."""


ALONE = Neighbours()


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What one frame shows, for the watch to take note of; twice is as good as once."""

    job_id: UUID
    participant_id: UUID
    taken_at: datetime
    seen: Seen
    digest: str
    """Eight bytes in hexadecimal that tell the picture from others."""
    rules: Rules

    def note(self, pipeline: Pipeline) -> None:
        """To be done with the pipeline's other commands, where nobody asks for the neighbours."""
        keys = self.keys()
        pipeline.eval(WATCH, len(keys), *keys, *self.arguments())

    def keys(self) -> list[str]:
        """As the script wants them."""
        return [make_key(self.participant_id) for make_key in (watch_key, doubt_key, pace_key)]

    def arguments(self) -> list[str | float]:
        """As the script wants them."""
        return [
            str(self.job_id),
            self.taken_at.timestamp(),
            self.seen,
            self.digest,
            self.rules.no_face_seconds,
            self.rules.suspicion_frames,
            KEEP_SECONDS,
            GAP_SECONDS,
            FEWEST,
            DOUBT_SECONDS,
        ]


class Watch:
    """The last frames of each participant, in Redis: the same for every worker."""

    def __init__(self, redis: Redis) -> None:
        self._watch = redis.register_script(WATCH)

    def note(self, glimpse: Glimpse) -> Neighbours:
        """Takes note of a frame, and tells what those around it add."""
        answer = self._watch(keys=glimpse.keys(), args=glimpse.arguments())
        return Neighbours(*(bool(flag) for flag in answer))
