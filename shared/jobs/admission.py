"""Admission control: `admit.lua` with the limits of a gateway."""

from dataclasses import asdict, dataclass
from uuid import UUID

from shared.jobs.model import (
    DEFERRED_JOBS,
    INITIAL_SECONDS_PER_JOB,
    JOB_COUNTS,
    MAX_TICKETS,
    OPEN_JOBS,
    SECONDS_PER_JOB,
    WAITING_JOBS,
    frame_key,
    job_key,
    pace_key,
)
from shared.jobs.records import outcome_key
from shared.queue import FRAMES
from shared.redis.script import read_script, with_constants

WAIT_BUDGET_SHARE = 0.4
"""The share of the maximum wait that admission may promise at the current throughput.

The verdict is still in time if workers become half as fast while the frame waits. A longer queue would not
raise the throughput.
"""

_ADMIT = read_script(__file__, "admit.lua")


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """What a gateway accepts; the field names are constants in `admit.lua`."""

    ttl: int
    """Seconds after which a frame expires."""
    max_wait: float
    """Seconds that a verdict may take; a frame that might take longer is refused."""
    max_backlog: int
    """Open jobs beyond which every frame is refused."""
    interval: float
    """Seconds between a participant's frames at the steady rate."""
    busy_interval: float
    """What `interval` grows to as the load factor rises to 1."""
    burst: int
    """Frames that a participant may send at once."""
    keep: int
    """Seconds for which a job can be read after it ended."""


def render_admit_script(limits: AdmissionLimits) -> str:
    """Return `admit.lua` with these limits as constants.

    Packing them as arguments of each frame would cost a gateway more than the rest of admission.
    The script estimates the time to a verdict from the seconds per job and the number of open jobs, or from
    the age of the oldest waiting job if that is more: the throughput does not show that workers are dead.
    """
    return with_constants(
        _ADMIT,
        **asdict(limits),
        wait_budget=limits.max_wait * WAIT_BUDGET_SHARE,
        initial_seconds_per_job=INITIAL_SECONDS_PER_JOB,
        max_tickets=MAX_TICKETS,
    )


def list_admit_keys(job_id: UUID, participant_id: UUID, suspicion: str) -> list[str]:
    """Return the KEYS of `admit.lua`; `suspicion` is the key that exists while a suspicion lasts."""
    return [
        job_key(job_id),
        frame_key(job_id),
        OPEN_JOBS,
        JOB_COUNTS,
        pace_key(participant_id),
        FRAMES,
        SECONDS_PER_JOB,
        suspicion,
        WAITING_JOBS,
        outcome_key(job_id),
        DEFERRED_JOBS,
    ]
