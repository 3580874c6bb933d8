"""Common parts of both workers' Celery applications."""

from celery import Celery
from celery.signals import worker_ready

from shared.queue import create_celery
from shared.settings import Settings
from worker.runtime.consumer import RESILIENT_CONSUMER
from worker.runtime.metrics_server import serve_metrics
from worker.runtime.redis import connect_redis
from worker.runtime.watchdog import Watchdog


def create_worker_app(settings: Settings, queue: str, *, stalled_seconds: float) -> Celery:
    """Create the application of the worker that consumes `queue`, with `/metrics` and a watchdog.

    Call it once per process: Celery's signals are global.
    """
    celery = create_celery(settings)
    celery.conf.worker_consumer = RESILIENT_CONSUMER
    serve_metrics(settings, queue)

    def start_watchdog(**_: object) -> None:
        Watchdog(connect_redis(settings), queue, stalled_seconds).start()

    worker_ready.connect(start_watchdog, weak=False)
    return celery
