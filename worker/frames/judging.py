"""The recipe by which a frame is judged."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import Engine as Database
from sqlalchemy.exc import IntegrityError

from shared.flags import NewFlag, record_flag
from shared.jobs.model import ClaimedFrame
from shared.logs import logged_with
from shared.rules import Rules
from shared.verdicts import Findings, Outcome, Verdict
from worker.engines.engine import Engine
from worker.frames.meeting_rules import MeetingRules
from worker.frames.picture import Picture, PictureError, decode
from worker.frames.rules import judge, seen_in, sight_of
from worker.frames.thumbnail import brightness_of, detail_of, encode_thumbnail, noise_of
from worker.jobs import Jobs
from worker.runtime.metrics import DETECTOR, Failure, count_verdict
from worker.sightings import NewSighting
from worker.watch import ALONE, Glimpse, Neighbours, Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judging:
    """Everything a frame needs on its way from bytes to verdict."""

    jobs: Jobs
    watch: Watch
    rules: MeetingRules
    database: Database
    engine: Engine
    max_pixels: int
    send_upload: Callable[[UUID], None]

    def judge_frame(self, job_id: UUID) -> None:
        """Claim, decode, detect, note, judge, record, finish, send. Each step may run twice and does no harm.

        Raises one of `shared.database.AWAY` while Postgres is away and there is a flag to record, or a
        meeting's first frame.
        """
        frame = self.jobs.claim(job_id)
        if frame is not None:
            with logged_with(meeting_id=frame.meeting_id):
                self._judge(job_id, frame)

    def _judge(self, job_id: UUID, frame: ClaimedFrame) -> None:
        try:
            rules = self.rules.of(frame.meeting_id, frame.cached_rules)
            started = time.perf_counter()
            picture = decode(frame.picture, self.max_pixels)
            findings = self._detect(picture, rules, decode_seconds=time.perf_counter() - started)
            glimpse = _glimpse(job_id, frame, findings, rules)
            verdict = judge(findings, rules, ALONE if frame.precheck else self._neighbours(glimpse))
            evidence_id = self._record(job_id, frame, picture, findings, verdict)
        except PictureError as error:
            log.info("the frame is no picture that can be judged")
            self.jobs.fail(job_id, str(error), Failure.PICTURE)
        except IntegrityError:
            log.info("the frame is of somebody who is no longer there")
            self.jobs.fail(job_id, "the meeting or the participant is no longer there", Failure.GONE)
        else:
            outcome = Outcome(verdict=verdict, findings=findings)
            notes = () if frame.precheck else (glimpse, _sighting(frame, picture, outcome, rules))
            age = self.jobs.finish(job_id, outcome, notes)
            log.info("the frame is judged: %s", verdict.name)
            if age is not None:
                count_verdict(outcome, age, recorded=not frame.precheck)
            if evidence_id:
                self.send_upload(evidence_id)

    def _detect(self, picture: Picture, rules: Rules, decode_seconds: float) -> Findings:
        started = time.perf_counter()
        seen = self.engine.detect(picture.pixels)
        detect_seconds = time.perf_counter() - started
        DETECTOR.labels(self.engine.name).observe(detect_seconds)
        thresholds = self.engine.thresholds(rules)
        faces, overlooked = thresholds.weigh(seen)
        height, width, _ = picture.pixels.shape
        return Findings(
            engine=self.engine.name,
            version=self.engine.version,
            thresholds=rules.model_dump()
            | {"face_threshold": thresholds.face, "confirm_threshold": thresholds.confirm},
            width=width,
            height=height,
            brightness=brightness_of(picture.small),
            detail=detail_of(picture.small),
            noise=None if faces else noise_of(picture.pixels),
            faces=faces,
            overlooked=overlooked,
            decode_ms=round(decode_seconds * 1000, 1),
            detect_ms=round(detect_seconds * 1000, 1),
        )

    def _neighbours(self, glimpse: Glimpse) -> Neighbours:
        """Most frames speak for themselves, and are noted when they are finished: a round trip less."""
        return self.watch.note(glimpse) if glimpse.seen.needs_neighbours else ALONE

    def _record(
        self, job_id: UUID, frame: ClaimedFrame, picture: Picture, findings: Findings, verdict: Verdict
    ) -> UUID | None:
        """Keeps a flag and its evidence, whose id is returned; nothing of a frame that was only to try."""
        if verdict.flag is None or frame.precheck:
            return None
        flag = NewFlag(
            job_id=job_id,
            meeting_id=frame.meeting_id,
            participant_id=frame.participant_id,
            kind=verdict.flag,
            findings=findings,
            taken_at=frame.taken_at,
            picture=frame.picture,
            content_type=picture.content_type,
            thumbnail=encode_thumbnail(picture.small),
        )
        return record_flag(self.database, flag)


def _glimpse(job_id: UUID, frame: ClaimedFrame, findings: Findings, rules: Rules) -> Glimpse:
    return Glimpse(
        job_id=job_id,
        participant_id=frame.participant_id,
        taken_at=frame.taken_at,
        seen=seen_in(findings.faces, rules.faces_allowed),
        digest=blake2b(frame.picture, digest_size=8).hexdigest(),
        rules=rules,
    )


def _sighting(frame: ClaimedFrame, picture: Picture, outcome: Outcome, rules: Rules) -> NewSighting:
    return NewSighting(
        participant_id=frame.participant_id,
        taken_at=frame.taken_at,
        sight=sight_of(outcome.findings, outcome.verdict, rules),
        faces=outcome.verdict.faces,
        thumbnail=encode_thumbnail(picture.small),
    )
