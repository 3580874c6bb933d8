"""The end of a judged frame: its outcome, what it says of the participant, the claim of the next frame."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis import Redis

from shared.jobs.model import (
    ENDED_CHANNEL,
    INITIAL_SECONDS_PER_JOB,
    JOB_COUNTS,
    LAST_JUDGED_AT,
    OPEN_JOBS,
    SECONDS_PER_JOB,
    WAITING_JOBS,
    frame_key,
    job_key,
    pace_key,
    run_key,
)
from shared.jobs.records import OUTCOMES_CHANNEL, outcome_key, pack_outcome
from shared.jobs.scripts import CLAIM_FUNCTIONS
from shared.presence.connection import undelivered_key
from shared.presence.last_seen import (
    PRESENCE_SECONDS,
    THUMBNAIL_SECONDS,
    FrameState,
    presence_key,
    thumbnail_key,
)
from shared.presence.observations import PRESENCE_FUNCTIONS, Observation
from shared.presence.timeline import DUE_MINUTES
from shared.redis.script import Argument, ScriptCall, read_script, with_constants
from shared.verdicts import Outcome, PictureQuality

SAMPLE_SECONDS = 0.1
"""The throughput is measured at most this often."""

_FINISH = with_constants(
    CLAIM_FUNCTIONS + PRESENCE_FUNCTIONS + read_script(__file__, "finish.lua"),
    initial_seconds_per_job=INITIAL_SECONDS_PER_JOB,
    sample_seconds=SAMPLE_SECONDS,
    ended_channel=ENDED_CHANNEL,
    outcomes_channel=OUTCOMES_CHANNEL,
    presence_seconds=PRESENCE_SECONDS,
    thumbnail_seconds=THUMBNAIL_SECONDS,
)


@dataclass(frozen=True, slots=True)
class Recording:
    """What a judged frame says of its participant."""

    participant_id: UUID
    quality: PictureQuality | None
    state: FrameState | None = None
    """None for a camera check: only the quality is recorded."""
    faces: int = 0
    thumbnail: bytes = b""
    observation: Observation | None = None
    """None if `observe` has recorded it."""

    def to_json(self) -> str:
        """Return what `finish.lua` reads."""
        fields: dict[str, Any] = {"quality": self.quality} if self.quality else {}
        if self.state:
            fields |= {"state": self.state, "faces": self.faces}
        if observation := self.observation:
            fields["observation"] = {
                "state": observation.state,
                "digest": observation.digest,
                "keep": observation.keep_seconds,
            }
        return json.dumps(fields)


def finish(
    redis: Redis,
    job_id: UUID,
    outcome: Outcome,
    recording: Recording,
    *,
    keep: int,
    ticket: UUID | None,
    packed: bool,
) -> tuple[float | None, Any]:
    """End a job as done, which can then be read for `keep` seconds, and claim the next if there is a ticket.

    Return how many seconds ago the frame was taken, None if the job had already ended; and the claim, for
    `shared.jobs.scripts.parse_claim`.
    """
    participant_id = recording.participant_id
    keys = [
        job_key(job_id),
        frame_key(job_id),
        presence_key(participant_id),
        pace_key(participant_id),
        thumbnail_key(participant_id),
        OPEN_JOBS,
        WAITING_JOBS,
        JOB_COUNTS,
        LAST_JUDGED_AT,
        SECONDS_PER_JOB,
        run_key(ticket or job_id),
        outcome_key(job_id),
        DUE_MINUTES,
        undelivered_key(participant_id),
    ]
    arguments: list[Argument] = [
        str(job_id),
        pack_outcome(outcome) if packed else outcome.model_dump_json(exclude_defaults=True),
        keep,
        str(ticket or ""),
        recording.to_json(),
        recording.thumbnail,
        int(packed),
    ]
    age, *claimed = ScriptCall(_FINISH, keys, arguments).run(redis)
    return None if age is None else float(age), claimed[0] if claimed else None
