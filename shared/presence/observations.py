"""What a participant's last frames add up to, in Redis: a suspicion that holds, an absence that lasts.

watch:{participant}  sorted set of frames by when they were taken: job id, what it shows, the picture's digest
doubt:{participant}  exists while faster frames are wanted
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from redis import Redis

from shared.jobs.model import ERASED, pace_key
from shared.redis.script import ScriptCall, read_script
from shared.rules import Rules

GAP_SECONDS = 30
"""Frames further apart say nothing about the time between them."""
KEEP_SECONDS = 2 * GAP_SECONDS
"""How long frames are kept beyond the time that makes an absence."""
MIN_FRAMES = 3
"""The fewest frames of an absence, however far apart they are."""
SUSPICION_SECONDS = 15
"""How long after a suspected frame faster ones are wanted."""
FAST_INTERVAL_MS = 1_000

_OBSERVE = read_script(__file__, "observe.lua")


class ObservationState(StrEnum):
    """What a frame shows: more people than allowed, confirmed or suspected; as many as allowed; nobody."""

    CONFIRMED = "c"
    SUSPECTED = "s"
    ALLOWED = "o"
    NOBODY = "n"

    @property
    def needs_context(self) -> bool:
        """Whether only the frames around it tell what it means."""
        return self in {ObservationState.SUSPECTED, ObservationState.NOBODY}


@dataclass(frozen=True, slots=True)
class Observation:
    """What one frame shows."""

    job_id: UUID
    participant_id: UUID
    taken_at: datetime
    state: ObservationState
    digest: str
    """Eight bytes of the picture's hash, in hexadecimal."""
    rules: Rules


@dataclass(frozen=True, slots=True)
class Context:
    """What the frames around one add to it."""

    suspicion_holds: bool = False
    absence_lasts: bool = False
    """True for one frame of each absence: the one to flag."""
    frozen: bool = False
    """All pictures of the absence are the same to the byte, which a camera's never are."""


NO_CONTEXT = Context()


def observations_key(participant_id: UUID) -> str:
    """Return the key of the participant's last frames."""
    return f"watch:{participant_id}"


def suspicion_key(participant_id: UUID) -> str:
    """Return the key that exists while faster frames are wanted."""
    return f"doubt:{participant_id}"


def record_observation(observation: Observation) -> ScriptCall:
    """Return the call that records an observation, for a pipeline; idempotent, in any order."""
    made_by = (observations_key, suspicion_key, pace_key)
    return ScriptCall(
        _OBSERVE,
        [make_key(observation.participant_id) for make_key in made_by],
        [
            str(observation.job_id),
            observation.taken_at.timestamp(),
            observation.state,
            observation.digest,
            observation.rules.no_face_seconds,
            observation.rules.suspicion_frames,
            KEEP_SECONDS,
            GAP_SECONDS,
            MIN_FRAMES,
            SUSPICION_SECONDS,
            ERASED,
        ],
    )


def observe(redis: Redis, observation: Observation) -> Context:
    """Record an observation, and return what the frames around it add; raises redis's errors."""
    return Context(*(bool(flag) for flag in record_observation(observation).run(redis)))
