"""What a participant's last frames show together, in Redis: a suspicion that holds, an absence that lasts.

watch:{participant}  sorted set of frames by taken_at: job id, state, digest of the picture
doubt:{participant}  exists while a suspicion lasts: the page then sends frames faster
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from redis import Redis

from shared.jobs.model import ERASED_PACE, pace_key
from shared.redis.script import ScriptCall, read_script
from shared.rules import Rules

GAP_SECONDS = 30
"""Frames further apart say nothing about the time between them."""
EXTRA_SECONDS = 2 * GAP_SECONDS
"""How long frames are kept beyond the duration of an absence."""
MIN_FRAMES = 3
"""An absence needs at least this many frames."""
SUSPICION_SECONDS = 15
"""How long frames are sent faster after a suspected one."""
FAST_INTERVAL_MS = 1_000

_OBSERVE = read_script(__file__, "observe.lua")


class ObservationState(StrEnum):
    """What one frame shows: too many people, confirmed or suspected; an allowed number of faces; nobody."""

    CONFIRMED = "c"
    SUSPECTED = "s"
    ALLOWED = "o"
    FACE_HIDDEN = "h"
    """Somebody, but no face."""
    NOBODY = "n"

    @property
    def needs_context(self) -> bool:
        """Whether the verdict depends on the frames around it."""
        return self in {
            ObservationState.SUSPECTED,
            ObservationState.FACE_HIDDEN,
            ObservationState.NOBODY,
        }


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
    """What the frames around one say about it."""

    suspicion_holds: bool = False
    absence_lasts: bool = False
    """True for exactly one frame of each absence, which is flagged."""
    frozen: bool = False
    """All pictures of the absence are byte-identical, which never happens with a live camera."""
    face_stays_hidden: bool = False
    """True for exactly one frame of each time without a visible face that a meeting wants flagged."""


NO_CONTEXT = Context()


def observations_key(participant_id: UUID) -> str:
    """Return the key of the participant's last frames."""
    return f"watch:{participant_id}"


def suspicion_key(participant_id: UUID) -> str:
    """Return the key that exists while a suspicion lasts."""
    return f"doubt:{participant_id}"


def record_observation(observation: Observation) -> ScriptCall:
    """Return the call that records an observation. Idempotent; frames may come in any order."""
    key_functions = (observations_key, suspicion_key, pace_key)
    return ScriptCall(
        _OBSERVE,
        [make_key(observation.participant_id) for make_key in key_functions],
        [
            str(observation.job_id),
            observation.taken_at.timestamp(),
            observation.state,
            observation.digest,
            observation.rules.no_face_seconds,
            observation.rules.face_hidden_seconds,
            observation.rules.suspicion_frames,
            EXTRA_SECONDS,
            GAP_SECONDS,
            MIN_FRAMES,
            SUSPICION_SECONDS,
            ERASED_PACE,
        ],
    )


def observe(redis: Redis, observation: Observation) -> Context:
    """Record an observation and return its context. Raises redis's errors."""
    return Context(*(bool(flag) for flag in record_observation(observation).run(redis)))
