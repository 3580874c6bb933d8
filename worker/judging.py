"""The recipe by which a frame is judged."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine as Database
from sqlalchemy.exc import IntegrityError

from shared.flags import NewFlag, record_flag
from shared.verdicts import Findings, Outcome, Verdict
from worker.engines.engine import Engine
from worker.jobs import Begun, Jobs
from worker.picture import PictureError, decode
from worker.rules import judge, sight_of
from worker.sightings import Sightings
from worker.thumbnail import make_thumbnail


@dataclass(frozen=True, slots=True)
class _Looked:
    findings: Findings
    content_type: str
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class Judging:
    """Everything a frame needs on its way from bytes to verdict."""

    jobs: Jobs
    sightings: Sightings
    database: Database
    engine: Engine
    max_pixels: int
    send_upload: Callable[[UUID], None]

    def judge_frame(self, job_id: UUID) -> None:
        """Begin, look, judge, record, note, finish, send. Each step may run twice and does no harm.

        Raises OperationalError while Postgres is away and there is a flag to record.
        """
        frame = self.jobs.begin(job_id)
        if frame is None:
            return
        try:
            looked = self._look(frame.picture)
            verdict = judge(looked.findings)
            evidence_id = None if frame.precheck else self._record(job_id, frame, looked, verdict)
        except PictureError as error:
            self.jobs.fail(job_id, str(error))
        except IntegrityError:
            self.jobs.fail(job_id, "the meeting or the participant is no longer there")
        else:
            self.jobs.finish(job_id, Outcome(verdict=verdict, findings=looked.findings))
            if evidence_id:
                self.send_upload(evidence_id)

    def _look(self, data: bytes) -> _Looked:
        """Decode and detect."""
        started = time.perf_counter()
        picture, content_type = decode(data, self.max_pixels)
        decoded = time.perf_counter()
        faces = self.engine.detect(picture)
        detected = time.perf_counter()
        height, width, _ = picture.shape
        thumbnail = make_thumbnail(picture)
        findings = Findings(
            engine=self.engine.name,
            version=self.engine.version,
            thresholds=self.engine.thresholds,
            width=width,
            height=height,
            brightness=thumbnail.brightness,
            faces=faces,
            decode_ms=_milliseconds(decoded - started),
            detect_ms=_milliseconds(detected - decoded),
        )
        return _Looked(findings, content_type, thumbnail.jpeg)

    def _record(self, job_id: UUID, frame: Begun, looked: _Looked, verdict: Verdict) -> UUID | None:
        """Keep a flag with its evidence, whose id is returned, and take note of what was seen."""
        evidence_id = None
        if verdict.flag:
            flag = NewFlag(
                job_id=job_id,
                meeting_id=frame.meeting_id,
                participant_id=frame.participant_id,
                kind=verdict.flag,
                findings=looked.findings,
                taken_at=frame.taken_at,
                picture=frame.picture,
                content_type=looked.content_type,
            )
            evidence_id = record_flag(self.database, flag)
        self.sightings.note(frame, sight_of(looked.findings, verdict), verdict.faces, looked.thumbnail)
        return evidence_id


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
