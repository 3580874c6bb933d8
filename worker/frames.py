"""The frames worker: `celery -A worker.frames worker -Q frames`, one process a core."""

import gc
import logging
from typing import TYPE_CHECKING
from uuid import UUID

import kombu.exceptions
import redis
from celery.exceptions import Reject, Retry
from celery.signals import worker_before_create_process, worker_ready

from shared.database import AWAY, connect
from shared.logs import log_as_json, logged_with
from shared.queue import FRAMES, JUDGE_FRAME, TASK_SECONDS, UPLOAD_EVIDENCE, create_celery
from shared.settings import read_settings
from worker.consumer import STEADY
from worker.engines.engine import load_engine
from worker.jobs import Jobs
from worker.judging import Judging
from worker.meeting_rules import MeetingRules
from worker.metrics import Failure
from worker.metrics_server import serve_metrics
from worker.redis import connect_redis
from worker.watch import Watch
from worker.watchdog import Watchdog

if TYPE_CHECKING:
    from celery import Task

LONGEST_WAIT_SECONDS = 15
"""Between two tries of a frame that waits for Postgres: soon after it is back, so is everything."""

log = logging.getLogger(__name__)
log_as_json()
settings = read_settings()
celery = create_celery(settings)
celery.conf.worker_consumer = STEADY
serve_metrics(settings, FRAMES)
redis_client = connect_redis(settings)
jobs = Jobs(redis_client)


def send_upload(evidence_id: UUID) -> None:
    """Sends the picture on its way at once; when that fails, the periodic sweep finds it in the outbox."""
    try:
        celery.send_task(UPLOAD_EVIDENCE, args=(str(evidence_id),), retry=False)
    except kombu.exceptions.OperationalError as error:
        log.warning("evidence %s is left to the sweep: %s", evidence_id, error)


# Made here, before the pool forks: its processes share the model's memory and open their own connections.
database = connect(settings, pool_size=1)
judging = Judging(
    jobs=jobs,
    watch=Watch(redis_client),
    rules=MeetingRules(redis_client, database, settings.rules),
    database=database,
    engine=load_engine(settings),
    max_pixels=settings.max_frame_pixels,
    send_upload=send_upload,
)


@celery.task(name=JUDGE_FRAME, bind=True, max_retries=None)
def judge_frame(self: "Task[[str], None]", job_id: str) -> None:
    """Judges one frame. While Postgres or Redis are away the frame waits, and is not lost."""
    with logged_with(job_id=job_id):
        _judge_or_give_back(self, UUID(job_id))


def _judge_or_give_back(task: "Task[[str], None]", job: UUID) -> None:
    try:
        try:
            judging.judge_frame(job)
        except AWAY as error:
            log.warning("the frame waits for Postgres: %s", type(error).__name__)
            jobs.hold(job)
            raise task.retry(countdown=min(2**task.request.retries, LONGEST_WAIT_SECONDS)) from error
    except (Retry, Reject):
        raise
    except (redis.ConnectionError, redis.TimeoutError) as error:
        log.warning("the frame goes back to the queue: %s", error)
        raise Reject(requeue=True) from error
    except Exception:
        log.exception("the frame could not be judged")
        jobs.fail(job, "the frame could not be judged because of an error on our side", Failure.FAULT)


@worker_before_create_process.connect
def leave_memory_shared(**_: object) -> None:
    """The collector writes to every object it looks at: each process would get its own copy of them all."""
    gc.collect()
    gc.freeze()


@worker_ready.connect
def introduce(**_: object) -> None:
    """A worker that fell back to a lesser engine must be seen to have done so."""
    introduction = f"{judging.engine.name}, {judging.engine.version}"
    log.warning("frames are judged by %s", introduction)
    jobs.introduce(introduction)


@worker_ready.connect
def watch_over(**_: object) -> None:
    """Twice as long as any task may take."""
    Watchdog(connect_redis(settings), FRAMES, 2 * TASK_SECONDS).start()
