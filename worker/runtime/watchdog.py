"""A watchdog that ends a stalled worker, so that its supervisor restarts it.

Workers do stall: after a restart of Redis some versions of Celery stay alive and consume nothing (celery
#8091, #8030, #10205), and a pool process that hangs before it accepts its task has no time limit.
"""

import logging
import os
import signal
import threading
import time
from contextlib import suppress

from billiard import active_children
from celery.worker import state
from redis import Redis
from redis.exceptions import RedisError

from shared.redis.primary import NO_KEY

CHECK_SECONDS = 5.0

log = logging.getLogger(__name__)


class Watchdog(threading.Thread):
    """Ends this process if for `seconds` it has neither started nor finished a task although there is work.

    `seconds` must be longer than any task may take.
    """

    def __init__(self, redis: Redis, queue: str, seconds: float) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._redis = redis
        self._queue = queue
        self._seconds = seconds

    def run(self) -> None:
        """Check until the worker has stalled."""
        progress, since = _progress(), time.monotonic()
        while time.monotonic() - since < self._seconds:
            time.sleep(CHECK_SECONDS)
            before, progress = progress, _progress()
            if progress != before or not self._has_work():
                since = time.monotonic()
        log.critical("no task has started or ended for %.0f s although there is work: ending", self._seconds)
        _end_process()

    def _has_work(self) -> bool:
        """Whether a message waits in the queue or in this process; False while Redis is down."""
        if state.reserved_requests:
            return True
        try:
            self._redis.delete(NO_KEY)
            return bool(self._redis.llen(self._queue))
        except RedisError:
            return False


def _progress() -> tuple[int, int]:
    """Return counters that change whenever a task starts or ends."""
    return state.all_total_count[0], len(state.reserved_requests)


def _end_process() -> None:
    """End at once, as a graceful stop would hang too. Unacknowledged messages are redelivered."""
    for pid in [child.pid for child in active_children() if child.pid]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    os._exit(os.EX_SOFTWARE)
