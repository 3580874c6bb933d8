"""The steps from a claimed frame to its verdict."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine as Database
from sqlalchemy.exc import IntegrityError

from shared.jobs.model import ClaimedFrame
from shared.verdicts import Outcome
from worker.engines.engine import Detectors
from worker.frames.detection import detect
from worker.frames.meeting_rules import MeetingRules
from worker.frames.picture import PictureError, decode
from worker.frames.recorder import FrameRecorder, PrecheckRecorder, Recorder
from worker.frames.rules import judge
from worker.runtime.jobs import Jobs
from worker.runtime.metrics import VERDICT_AGE, Failure

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judging:
    """Everything that judging a frame needs."""

    jobs: Jobs
    redis: Redis
    rules: MeetingRules
    database: Database
    detectors: Detectors
    max_pixels: int
    send_upload: Callable[[UUID], None]

    def judge(self, frame: ClaimedFrame, ticket: UUID | None = None) -> ClaimedFrame | None:
        """Decode, detect, judge, record, finish, send to upload; with a ticket, claim and return the next.

        Every step is idempotent. Raises one of `TRANSIENT_ERRORS` while Postgres is down and a flag is to be
        recorded, or the meeting's rules are not cached in Redis.
        """
        job_id = frame.job_id
        recorder = self._recorder(frame)
        try:
            rules = self.rules.resolve(frame.meeting_id, frame.cached_rules)
            started = time.perf_counter()
            picture = decode(frame.picture, self.max_pixels)
            findings = detect(
                self.detectors,
                picture,
                rules,
                look_for_second=frame.look_for_second,
                decode_seconds=time.perf_counter() - started,
            )
            context = recorder.read_context(findings, rules)
            verdict = judge(findings, rules, context, frame.previous_quality)
            evidence_id = recorder.record_flag(picture, findings, verdict)
        except PictureError as error:
            log.info("the picture can't be judged")
            self.jobs.fail(job_id, str(error), Failure.PICTURE)
        except IntegrityError:
            log.info("the meeting or the participant no longer exists")
            self.jobs.fail(job_id, "the meeting or the participant no longer exists", Failure.GONE)
        else:
            outcome = Outcome(verdict=verdict, findings=findings)
            recording = recorder.recording(picture, outcome, rules)
            age, following = self.jobs.finish(job_id, outcome, recording, ticket)
            # A line for each frame would cost more than anything else here.
            log.log(logging.INFO if verdict.flag else logging.DEBUG, "frame judged: %s", verdict.name)
            if age is not None:
                VERDICT_AGE.observe(age)
                recorder.count_flag(verdict)
            if evidence_id:
                self._send_upload(evidence_id)
            return following
        return self.jobs.claim_next(ticket) if ticket else None

    def _recorder(self, frame: ClaimedFrame) -> Recorder:
        if frame.precheck:
            return PrecheckRecorder(frame.participant_id)
        return FrameRecorder(frame, self.redis, self.database)

    def _send_upload(self, evidence_id: UUID) -> None:
        """Send the upload at once. An error must not lose the next frame, which this ticket has claimed."""
        try:
            self.send_upload(evidence_id)
        except Exception as error:
            log.warning("could not send the upload of evidence %s, the sweep will: %r", evidence_id, error)
