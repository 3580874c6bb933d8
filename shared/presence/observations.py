"""What a participant's last frames show together, in Redis: a suspicion that holds, an absence that lasts.

presence:{participant}  among others the last frames: job id, state, digest of the picture, taken_at
doubt:{participant}     exists while a suspicion lasts: the page then sends frames faster
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from redis import Redis

from shared.jobs.model import ERASED_PACE, pace_key
from shared.presence.last_seen import COVERAGE_MINUTES, PRESENCE_SECONDS, presence_key
from shared.presence.timeline import TIMELINE_MINUTES
from shared.redis.script import ScriptCall, read_script, with_constants
from shared.rules import Rules
from shared.verdicts import Findings

GAP_SECONDS = 30
"""Frames further apart say nothing about the time between them."""
EXTRA_SECONDS = 2 * GAP_SECONDS
"""How long frames are kept beyond the duration of an absence."""
MIN_FRAMES = 3
"""An absence needs at least this many frames."""
SUSPICION_SECONDS = 15
"""How long frames are sent faster after a suspected one."""
FAST_INTERVAL_MS = 1_000

PRESENCE_FUNCTIONS = with_constants(
    read_script(__file__, "presence_functions.lua"),
    coverage_minutes=COVERAGE_MINUTES,
    timeline_minutes=TIMELINE_MINUTES,
    gap_seconds=GAP_SECONDS,
    min_frames=MIN_FRAMES,
)
"""What comes before the text of a script that changes a presence."""

_OBSERVE = with_constants(
    PRESENCE_FUNCTIONS + read_script(__file__, "observe.lua"),
    presence_seconds=PRESENCE_SECONDS,
    suspicion_seconds=SUSPICION_SECONDS,
    erased_pace=ERASED_PACE,
)


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


def observation_state(findings: Findings, faces_allowed: int) -> ObservationState:
    """Return what faces and persons show, without any context."""
    faces = len(findings.faces)
    hidden = findings.hidden_faces
    if sum(face.confirmed for face in findings.faces) > faces_allowed:
        return ObservationState.CONFIRMED
    if faces + hidden > faces_allowed:
        return ObservationState.SUSPECTED
    if faces:
        return ObservationState.ALLOWED
    return ObservationState.FACE_HIDDEN if hidden else ObservationState.NOBODY


@dataclass(frozen=True, slots=True)
class Observation:
    """What one frame shows."""

    job_id: UUID
    participant_id: UUID
    taken_at: datetime
    state: ObservationState
    digest: str
    """Eight bytes of the picture's hash, in hexadecimal; empty unless the state is NOBODY."""
    rules: Rules

    @property
    def keep_seconds(self) -> float:
        """How long frames are kept: as long as an absence must last to be flagged, and some more."""
        return max(self.rules.no_face_seconds, self.rules.face_hidden_seconds) + EXTRA_SECONDS


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


def suspicion_key(participant_id: UUID) -> str:
    """Return the key that exists while a suspicion lasts."""
    return f"doubt:{participant_id}"


def observe(redis: Redis, observation: Observation) -> Context:
    """Record an observation and return its context. Idempotent; frames may come in any order."""
    key_functions = (presence_key, suspicion_key, pace_key)
    call = ScriptCall(
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
            observation.keep_seconds,
        ],
    )
    return Context(*(bool(flag) for flag in call.run(redis)))
