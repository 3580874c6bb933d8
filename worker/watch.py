"""A frame in the light of those before and after it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from redis import Redis

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


class Watch:
    """The last frames of each participant, in Redis: the same for every worker."""

    def __init__(self, redis: Redis) -> None:
        self._watch = redis.register_script(WATCH)

    def note(
        self, job_id: UUID, participant_id: UUID, taken_at: datetime, seen: Seen, digest: str, rules: Rules
    ) -> Neighbours:
        """Takes note of a frame; twice is as good as once."""
        answer = self._watch(
            keys=[watch_key(participant_id), doubt_key(participant_id)],
            args=[
                str(job_id),
                taken_at.timestamp(),
                seen,
                digest,
                rules.no_face_seconds,
                rules.suspicion_frames,
                KEEP_SECONDS,
                GAP_SECONDS,
                FEWEST,
                DOUBT_SECONDS,
            ],
        )
        return Neighbours(*(bool(flag) for flag in answer))
