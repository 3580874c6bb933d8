"""Recording of judged frames: an exam's frames are recorded, a pre-check's are not."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine as Database

from shared.db.flags import NewFlag, record_flag
from shared.jobs.model import ClaimedFrame
from shared.presence.finish import Recording
from shared.presence.observations import (
    NO_CONTEXT,
    Context,
    Observation,
    ObservationState,
    observation_state,
    observe,
)
from shared.rules import Rules
from shared.verdicts import Findings, Outcome, Verdict
from worker.frames.picture import Picture
from worker.frames.rules import frame_state
from worker.frames.thumbnail import encode_thumbnail
from worker.runtime.metrics import FLAGS


class Recorder(Protocol):
    """The record of one frame. Each step is idempotent, as a frame may be judged again."""

    def read_context(self, findings: Findings, rules: Rules) -> Context:
        """Return the context of the frame."""

    def record_flag(self, picture: Picture, findings: Findings, verdict: Verdict) -> UUID | None:
        """Store the flag, if there is one, with its evidence, whose id is returned."""

    def recording(self, picture: Picture, outcome: Outcome, rules: Rules) -> Recording:
        """Return what is recorded in the round trip that finishes the job."""

    def count_flag(self, verdict: Verdict) -> None:
        """Count the flag, if there is one, in the metrics."""


@dataclass(frozen=True, slots=True)
class PrecheckRecorder:
    """Records only the picture's quality, for half a minute: the candidate is checking the camera."""

    participant_id: UUID

    def read_context(self, _findings: Findings, _rules: Rules) -> Context:
        """Return no context."""
        return NO_CONTEXT

    def record_flag(self, _picture: Picture, _findings: Findings, _verdict: Verdict) -> None:
        """Do nothing."""

    def recording(self, _picture: Picture, outcome: Outcome, _rules: Rules) -> Recording:
        """Return the quality."""
        return Recording(self.participant_id, outcome.verdict.picture)

    def count_flag(self, _verdict: Verdict) -> None:
        """Do nothing."""


@dataclass(slots=True)
class FrameRecorder:
    """Records one frame of an exam: in Redis, and if it is flagged in Postgres."""

    frame: ClaimedFrame
    redis: Redis
    database: Database
    _unrecorded: Observation | None = field(default=None, init=False)
    _thumbnail: bytes = field(default=b"", init=False)

    def read_context(self, findings: Findings, rules: Rules) -> Context:
        """Record the frame now if its context matters, else when it is finished, which saves a round trip."""
        observation = self._observe(findings, rules)
        if observation.state.needs_context:
            return observe(self.redis, observation)
        self._unrecorded = observation
        return NO_CONTEXT

    def record_flag(self, picture: Picture, findings: Findings, verdict: Verdict) -> UUID | None:
        """Store flag and evidence in one transaction. Raises IntegrityError if the participant was erased."""
        if verdict.flag is None:
            return None
        flag = NewFlag(
            job_id=self.frame.job_id,
            meeting_id=self.frame.meeting_id,
            participant_id=self.frame.participant_id,
            kind=verdict.flag,
            findings=findings,
            taken_at=self.frame.taken_at,
            picture=self.frame.picture,
            content_type=picture.content_type,
            thumbnail=self._encode_thumbnail(picture),
        )
        return record_flag(self.database, flag)

    def recording(self, picture: Picture, outcome: Outcome, rules: Rules) -> Recording:
        """Return the presence, and the observation unless `read_context` recorded it."""
        return Recording(
            participant_id=self.frame.participant_id,
            quality=outcome.verdict.picture,
            state=frame_state(outcome.verdict, rules),
            faces=outcome.verdict.faces,
            thumbnail=self._encode_thumbnail(picture),
            observation=self._unrecorded,
        )

    def count_flag(self, verdict: Verdict) -> None:
        """Count the flag by kind."""
        if verdict.flag:
            FLAGS.labels(verdict.flag).inc()

    def _encode_thumbnail(self, picture: Picture) -> bytes:
        """Encode once: the flag and the presence have the same."""
        self._thumbnail = self._thumbnail or encode_thumbnail(picture.small)
        return self._thumbnail

    def _observe(self, findings: Findings, rules: Rules) -> Observation:
        state = observation_state(findings, rules.faces_allowed)
        return Observation(
            job_id=self.frame.job_id,
            participant_id=self.frame.participant_id,
            taken_at=self.frame.taken_at,
            state=state,
            # Only pictures without anybody are compared.
            digest=_digest(self.frame.picture) if state is ObservationState.NOBODY else "",
            rules=rules,
        )


def _digest(picture: bytes) -> str:
    return blake2b(picture, digest_size=8).hexdigest()
