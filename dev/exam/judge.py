"""The worker's own steps from a frame to a verdict, with simulated times and without Postgres."""

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from dev.exam.camera import take_frame
from shared.db.connection import connect
from shared.jobs import scripts
from shared.jobs.model import ClaimedFrame, JobStatus, frame_key, job_key
from shared.presence.observations import SUSPICION_SECONDS, suspicion_key
from shared.settings import Settings
from shared.verdicts import Outcome, Verdict
from worker.engines.engine import Detectors
from worker.frames.detection import detect
from worker.frames.picture import decode
from worker.frames.recorder import FrameRecorder
from worker.frames.rules import judge
from worker.runtime.jobs import Jobs
from worker.runtime.redis import connect_redis

if TYPE_CHECKING:
    from redis.typing import EncodableT, FieldT

START = datetime(2020, 1, 1, tzinfo=UTC)
"""In the past: what is stored ahead of Redis's clock is ignored."""
JOB_SECONDS = 60
MEETING = UUID(int=0)


@dataclass(slots=True)
class Participant:
    """One simulated participant, and until when a suspicion lasts, in seconds since the exam began."""

    id: UUID
    suspected_until: float = field(default=0)


class FrameJudge:
    """Claims, detects, judges and records in Redis as a worker does; flags are returned, not stored."""

    def __init__(self, settings: Settings, detectors: Detectors) -> None:
        self._settings = settings
        self._detectors = detectors
        self._redis = connect_redis(settings)
        self._jobs = Jobs(self._redis, JOB_SECONDS)
        self._database = connect(settings, pool_size=1)  # never used: only a flag would be stored there

    def face_score(self, picture: Path) -> float:
        """Return the highest score of a face in the picture; 0 without any."""
        jpeg = take_frame(picture, random.Random(0))  # noqa: S311 - a simulation
        pixels = decode(jpeg, self._settings.max_frame_pixels).pixels
        return max((face.score for face in self._detectors.engine.detect(pixels)), default=0.0)

    def judge_frame(self, participant: Participant, job_id: UUID, jpeg: bytes, second: float) -> Verdict:
        """Return the verdict of the participant's next frame, taken at this second of the exam."""
        if second >= participant.suspected_until:
            # Redis expires it by its own clock, which is not the simulation's.
            self._redis.delete(suspicion_key(participant.id))
        frame = self._claim(participant.id, job_id, jpeg, START + timedelta(seconds=second))
        picture = decode(jpeg, self._settings.max_frame_pixels)
        rules = self._settings.rules
        findings = detect(
            self._detectors, picture, rules, look_for_second=frame.look_for_second, decode_seconds=0
        )
        recorder = FrameRecorder(frame, self._redis, self._database)
        context = recorder.read_context(findings, rules)
        verdict = judge(findings, rules, context, frame.previous_quality)
        outcome = Outcome(verdict=verdict, findings=findings)
        self._jobs.finish(job_id, outcome, recorder.recording(picture, outcome, rules))
        if verdict.suspected:
            participant.suspected_until = second + SUSPICION_SECONDS
        return verdict

    def _claim(self, participant_id: UUID, job_id: UUID, jpeg: bytes, taken_at: datetime) -> ClaimedFrame:
        job: dict[FieldT, EncodableT] = {
            "status": JobStatus.QUEUED,
            "meeting": str(MEETING),
            "participant": str(participant_id),
            "precheck": 0,
            "taken_at": taken_at.timestamp(),
            "deadline": time.time() + JOB_SECONDS,
            "attempts": 0,
        }
        self._redis.hset(job_key(job_id), mapping=job)
        self._redis.expire(job_key(job_id), JOB_SECONDS)
        self._redis.set(frame_key(job_id), jpeg, ex=JOB_SECONDS)
        frame = scripts.claim(self._redis, job_id)
        assert isinstance(frame, ClaimedFrame), frame  # noqa: S101 - nothing else uses this Redis
        return frame
