"""The Celery application that judges frames."""

import gc
import logging
from datetime import UTC, datetime
from uuid import UUID, uuid4

import kombu.exceptions
import redis
from celery import Celery
from celery.exceptions import Reject
from celery.signals import worker_before_create_process, worker_ready

from shared.db.connection import PAUSE_SECONDS, Part, connect
from shared.db.pool_sizes import FRAMES_POOL_SIZE
from shared.jobs.model import ClaimedFrame
from shared.queue import FRAMES, JUDGE_FRAME, TASK_SECONDS, UPLOAD_EVIDENCE, TaskMessage, upload_messages
from shared.settings import Settings
from worker.engines.engine import Detectors
from worker.frames.judging import Judging
from worker.frames.meeting_rules import MeetingRules
from worker.frames.run import Run
from worker.runtime.app import create_worker_app
from worker.runtime.jobs import Jobs
from worker.runtime.redis import connect_redis

MAX_RETRY_SECONDS = 15
"""Between two attempts of a frame that is deferred until Postgres is back."""
STALLED_SECONDS = 2 * TASK_SECONDS
"""Longer than any task may take."""

log = logging.getLogger(__name__)


def create_frames_app(settings: Settings, detectors: Detectors) -> Celery:
    """Create the application that judges frames with `detectors`; its connections open when first used.

    Call it before the pool forks: its processes share the model's memory and open their own connections.
    """
    celery = create_worker_app(settings, FRAMES, stalled_seconds=STALLED_SECONDS)
    flagged: list[UUID] = []
    """Evidence that this process has recorded in the run and not yet sent to upload."""
    judging = _create_judging(settings, detectors, flagged)
    message = TaskMessage(celery, JUDGE_FRAME)

    def defer(frame: ClaimedFrame) -> None:
        """Send the message first: a deferred job without one would wait for nothing."""
        age = (datetime.now(UTC) - frame.taken_at).total_seconds()
        countdown = min(max(age, 1.0), MAX_RETRY_SECONDS)
        celery.send_task(JUDGE_FRAME, args=(str(frame.job_id),), countdown=countdown, retry=False)
        judging.jobs.defer(frame.job_id)

    def renew_ticket() -> None:
        judging.jobs.renew_ticket(message.render(uuid4()))

    run = Run(judging, defer, renew_ticket)

    @celery.task(name=JUDGE_FRAME, shared=False)
    def judge_frames(ticket: str) -> None:
        """Judge the frame of this id, then those that wait. None is lost while Postgres or Redis is down."""
        try:
            run.judge_frames(UUID(ticket))
        except (redis.ConnectionError, redis.TimeoutError, kombu.exceptions.OperationalError) as error:
            log.warning("the ticket is returned to the queue: %s", error)
            raise Reject(requeue=True) from error
        finally:
            _send_uploads(celery, flagged)

    def publish_engine(**_: object) -> None:
        """Log and publish the detectors, so that a fallback to lesser ones is visible."""
        name = f"{detectors.engine.name}, {detectors.version}"
        log.warning("frames are judged by %s", name)
        judging.jobs.publish_engine(name)

    worker_before_create_process.connect(freeze_gc_before_fork)
    worker_ready.connect(publish_engine, weak=False)
    return celery


def _create_judging(settings: Settings, detectors: Detectors, flagged: list[UUID]) -> Judging:
    redis_client = connect_redis(settings)
    database = connect(settings, pool_size=FRAMES_POOL_SIZE, part=Part.FRAMES, pause_seconds=PAUSE_SECONDS)
    return Judging(
        jobs=Jobs(redis_client, settings.job_retention_seconds),
        redis=redis_client,
        rules=MeetingRules(redis_client, database, settings.rules),
        database=database,
        detectors=detectors,
        max_pixels=settings.max_frame_pixels,
        send_upload=flagged.append,
    )


def _send_uploads(celery: Celery, flagged: list[UUID]) -> None:
    """Send the upload tasks of a run. An error must not fail its ticket: the sweep sends them, too."""
    messages = list(upload_messages(flagged))
    flagged.clear()
    try:
        for message in messages:
            celery.send_task(UPLOAD_EVIDENCE, args=message, retry=False)
    except Exception as error:
        log.warning("could not send the uploads of a run, the sweep will: %r", error)


def freeze_gc_before_fork(**_: object) -> None:
    """Keep the garbage collector from writing to shared memory pages, which each process would then copy."""
    gc.collect()
    gc.freeze()
