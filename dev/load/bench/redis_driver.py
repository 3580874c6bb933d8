"""A process that sends Redis what gateways and workers send for a frame, without their work."""

from itertools import count
from uuid import uuid4

import psutil
from redis import Redis

from dev.load.bench.frames import picture
from shared.jobs.admission import AdmissionLimits, list_admit_keys, render_admit_script
from shared.jobs.model import ClaimedFrame
from shared.jobs.scripts import claim_next, parse_claim
from shared.presence.finish import Recording, finish
from shared.presence.last_seen import FrameState
from shared.presence.observations import Observation, ObservationState, suspicion_key
from shared.queue import JUDGE_FRAME, TaskMessage, create_celery
from shared.redis.script import Argument, ScriptCall
from shared.settings import Settings
from shared.verdicts import Outcome, PictureQuality, Verdict
from worker.engines.engine import load_detectors
from worker.frames.detection import detect
from worker.frames.picture import decode
from worker.frames.thumbnail import encode_thumbnail

PEOPLE = 300
WAITING = 4
"""Frames that wait for a worker."""
NO_LIMITS = AdmissionLimits(
    ttl=60, max_wait=60, max_backlog=1_000, interval=0.001, busy_interval=0.001, burst=1_000, keep=600
)

_driver: "Driver"


def start(url: str, cores: list[int]) -> None:
    """Prepare this process, which runs on these cores only."""
    global _driver  # noqa: PLW0603 - a pool's process prepares once
    psutil.Process().cpu_affinity(cores)
    _driver = Driver(Redis.from_url(url))


def run(frames: int) -> None:
    """Have so many frames admitted and finished."""
    for _ in range(frames):
        _driver.admit()
        _driver.finish()


class Driver:
    """A gateway and a worker. All frames show the same face; each has a picture, a job and an outcome."""

    def __init__(self, redis: Redis) -> None:
        """Judge one frame, and have the first ones admitted."""
        self._redis = redis
        self._settings = settings = Settings()
        self._admit = render_admit_script(NO_LIMITS)
        self._message = TaskMessage(create_celery(settings), JUDGE_FRAME)
        self._meeting_id, self._people = uuid4(), [uuid4() for _ in range(PEOPLE)]
        self._numbers = count()
        self._picture = picture(0, flagged_every=PEOPLE)
        decoded = decode(self._picture, settings.max_frame_pixels)
        self._thumbnail = encode_thumbnail(decoded.small)
        findings = detect(
            load_detectors(settings), decoded, settings.rules, look_for_second=False, decode_seconds=0
        )
        verdict = Verdict(faces=1, picture=PictureQuality.GOOD)
        self._outcome = Outcome(verdict=verdict, findings=findings)
        for _ in range(WAITING):
            self.admit()
        self._ticket = uuid4()
        self._frame = _claimed(claim_next(self._ticket).run(redis))

    def admit(self) -> None:
        """Send a frame as a gateway does."""
        job_id, person = uuid4(), self._people[next(self._numbers) % PEOPLE]
        ids = str(job_id), str(self._meeting_id), str(person)
        arguments: list[Argument] = [*ids, 0, self._picture, self._message.render(job_id)]
        call = ScriptCall(self._admit, list_admit_keys(job_id, person, suspicion_key(person)), arguments)
        status, *_ = call.run(self._redis)
        assert status == b"accepted"  # noqa: S101 - of a bench

    def finish(self) -> None:
        """Finish the claimed frame and claim the next, as a worker does."""
        frame = self._frame
        observation = Observation(
            frame.job_id,
            frame.participant_id,
            frame.taken_at,
            ObservationState.ALLOWED,
            "",
            self._settings.rules,
        )
        recording = Recording(
            frame.participant_id, PictureQuality.GOOD, FrameState.VERIFIED, 1, self._thumbnail, observation
        )
        _, claimed = finish(
            self._redis,
            frame.job_id,
            self._outcome,
            recording,
            keep=NO_LIMITS.keep,
            ticket=self._ticket,
            packed=True,
        )
        self._frame = _claimed(claimed)


def _claimed(result: list[object]) -> ClaimedFrame:
    frame = parse_claim(result)
    assert isinstance(frame, ClaimedFrame)  # noqa: S101 - of a bench
    return frame
