"""The Celery application that judges frames."""

import gc
import logging
from typing import TYPE_CHECKING
from uuid import UUID

import kombu.exceptions
import redis
from celery import Celery
from celery.exceptions import Reject, Retry
from celery.signals import worker_before_create_process, worker_ready

from shared.db.connection import TRANSIENT_ERRORS, connect
from shared.logs import log_context
from shared.queue import FRAMES, JUDGE_FRAME, TASK_SECONDS, UPLOAD_EVIDENCE
from shared.settings import Settings
from worker.engines.engine import Detectors
from worker.frames.judging import Judging
from worker.frames.meeting_rules import MeetingRules
from worker.runtime.app import create_worker_app
from worker.runtime.jobs import Jobs
from worker.runtime.metrics import Failure
from worker.runtime.redis import connect_redis

if TYPE_CHECKING:
    from celery import Task

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
    judging = _create_judging(settings, detectors, celery)

    @celery.task(name=JUDGE_FRAME, bind=True, max_retries=None, shared=False)
    def judge_frame(task: "Task[[str], None]", job_id: str) -> None:
        """Judge one frame. It is deferred, not lost, while Postgres or Redis is down."""
        with log_context(job_id=job_id):
            _judge_or_defer(task, judging, UUID(job_id))

    def publish_engine(**_: object) -> None:
        """Log and publish the detectors, so that a fallback to lesser ones is visible."""
        name = f"{detectors.engine.name}, {detectors.version}"
        log.warning("frames are judged by %s", name)
        judging.jobs.publish_engine(name)

    worker_before_create_process.connect(freeze_gc_before_fork)
    worker_ready.connect(publish_engine, weak=False)
    return celery


def _create_judging(settings: Settings, detectors: Detectors, celery: Celery) -> Judging:
    redis_client = connect_redis(settings)
    database = connect(settings, pool_size=1)

    def send_upload(evidence_id: UUID) -> None:
        """Send the upload task at once; if that fails, the periodic sweep finds the row in the outbox."""
        try:
            celery.send_task(UPLOAD_EVIDENCE, args=(str(evidence_id),), retry=False)
        except kombu.exceptions.OperationalError as error:
            log.warning(
                "could not send the upload task of evidence %s, the sweep will: %s", evidence_id, error
            )

    return Judging(
        jobs=Jobs(redis_client),
        redis=redis_client,
        rules=MeetingRules(redis_client, database, settings.rules),
        database=database,
        detectors=detectors,
        max_pixels=settings.max_frame_pixels,
        send_upload=send_upload,
    )


def _judge_or_defer(task: "Task[[str], None]", judging: Judging, job: UUID) -> None:
    try:
        try:
            judging.judge_frame(job)
        except TRANSIENT_ERRORS as error:
            log.warning("the frame is deferred until Postgres is back: %s", type(error).__name__)
            judging.jobs.defer(job)
            raise task.retry(countdown=min(2**task.request.retries, MAX_RETRY_SECONDS)) from error
    except (Retry, Reject):
        raise
    except (redis.ConnectionError, redis.TimeoutError) as error:
        log.warning("the frame is returned to the queue: %s", error)
        raise Reject(requeue=True) from error
    except Exception:
        log.exception("the frame could not be judged")
        judging.jobs.fail(job, "the frame could not be judged because of an error on our side", Failure.FAULT)


def freeze_gc_before_fork(**_: object) -> None:
    """Keep the garbage collector from writing to shared memory pages, which each process would then copy."""
    gc.collect()
    gc.freeze()
