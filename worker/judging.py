"""The recipe by which a frame is judged."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine as Database
from sqlalchemy.exc import IntegrityError

from shared.flags import NewFlag, record_flag
from shared.verdicts import Findings, Outcome
from worker.engines.engine import Engine
from worker.jobs import Jobs
from worker.picture import PictureError, decode
from worker.rules import judge


@dataclass(frozen=True, slots=True)
class Judging:
    """Everything a frame needs on its way from bytes to verdict."""

    jobs: Jobs
    database: Database
    engine: Engine
    max_pixels: int
    send_upload: Callable[[UUID], None]

    def judge_frame(self, job_id: UUID) -> None:
        """Begin, decode, detect, judge, record, finish, send. Each step may run twice and does no harm.

        Raises OperationalError while Postgres is away and there is a flag to record.
        """
        frame = self.jobs.begin(job_id)
        if frame is None:
            return
        try:
            findings, content_type = self._look(frame.picture)
            verdict = judge(findings)
            evidence_id = None
            if verdict.flag:
                flag = NewFlag(
                    job_id=job_id,
                    meeting_id=frame.meeting_id,
                    participant_id=frame.participant_id,
                    kind=verdict.flag,
                    findings=findings,
                    taken_at=frame.taken_at,
                    picture=frame.picture,
                    content_type=content_type,
                )
                evidence_id = record_flag(self.database, flag)
        except PictureError as error:
            self.jobs.fail(job_id, str(error))
        except IntegrityError:
            self.jobs.fail(job_id, "the meeting or the participant is no longer there")
        else:
            self.jobs.finish(job_id, Outcome(verdict=verdict, findings=findings))
            if evidence_id:
                self.send_upload(evidence_id)

    def _look(self, data: bytes) -> tuple[Findings, str]:
        """What is seen in the picture, and its media type."""
        started = time.perf_counter()
        picture, content_type = decode(data, self.max_pixels)
        decoded = time.perf_counter()
        faces = self.engine.detect(picture)
        detected = time.perf_counter()
        height, width, _ = picture.shape
        findings = Findings(
            engine=self.engine.name,
            version=self.engine.version,
            thresholds=self.engine.thresholds,
            width=width,
            height=height,
            faces=faces,
            decode_ms=_milliseconds(decoded - started),
            detect_ms=_milliseconds(detected - decoded),
        )
        return findings, content_type


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
