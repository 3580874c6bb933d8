"""Admission control, as Redis decides it: `admit.lua` with the limits of a gateway."""

from dataclasses import asdict, dataclass
from uuid import UUID

from shared.jobs.model import (
    COUNTS,
    ENDED_JOB_SECONDS,
    INITIAL_SECONDS_PER_JOB,
    OPEN,
    SECONDS_PER_JOB,
    frame_key,
    job_key,
    pace_key,
)
from shared.queue import FRAMES
from shared.redis.script import read_script

WAIT_BUDGET_SHARE = 0.4
"""The share of the longest wait that admission may promise, by the throughput measured of late.

Workers may become half as fast while a frame waits, and it is still in time. More waiting frames would not
raise the throughput.
"""

ADMIT_KEYS = 8
_ADMIT = read_script(__file__, "admit.lua")


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """What a gateway accepts."""

    ttl: int
    """Seconds after which a frame expires."""
    max_wait: float
    """Seconds that a verdict may take; a frame for which it might take longer is refused."""
    max_backlog: int
    """Open jobs beyond which every frame is refused."""
    interval: float
    """Seconds between a participant's frames in the long run."""
    busy_interval: float
    """What `interval` becomes by and by as the load factor rises to 1."""
    burst: int
    """Frames that a participant may send at once."""


def admit_script(limits: AdmissionLimits) -> str:
    """Return `admit.lua` for these limits.

    They are part of the text, as packing arguments for each frame costs a gateway more than all else here.
    How long a verdict takes is estimated from the seconds per job and the number of open jobs; or from how
    long the oldest waiting job has waited, where that is more: the throughput does not tell of dead workers.
    """
    constants = asdict(limits) | {
        "wait_budget": limits.max_wait * WAIT_BUDGET_SHARE,
        "keep": ENDED_JOB_SECONDS,
        "initial_seconds_per_job": INITIAL_SECONDS_PER_JOB,
    }
    return "".join(f"local {name} = {value}\n" for name, value in constants.items()) + _ADMIT


def admit_keys(job_id: UUID, participant_id: UUID, suspicion: str) -> list[str]:
    """Return the KEYS of `admit.lua`; `suspicion` is the key that exists during a suspicion."""
    return [
        job_key(job_id),
        frame_key(job_id),
        OPEN,
        COUNTS,
        pace_key(participant_id),
        FRAMES,
        SECONDS_PER_JOB,
        suspicion,
    ]
