"""A worker that is up but does nothing is ended, so that whatever watches over its process starts it anew.

It happens: after a restart of Redis some versions of Celery go on living and consume nothing (celery #8091,
#8030, #10205), and a process of the pool that hangs before it has accepted its task has no time limit.
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

LOOK_SECONDS = 5.0

log = logging.getLogger(__name__)


class Watchdog(threading.Thread):
    """Ends this process when its queue is not empty, and for so many seconds it began and finished nothing.

    `seconds` must be more than one task may take.
    """

    def __init__(self, redis: Redis, queue: str, seconds: float) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._redis = redis
        self._queue = queue
        self._seconds = seconds

    def run(self) -> None:
        """Looks until it has to bark."""
        progress, since = _progress(), time.monotonic()
        while time.monotonic() - since < self._seconds:
            time.sleep(LOOK_SECONDS)
            before, progress = progress, _progress()
            if progress != before or not self._has_work():
                since = time.monotonic()
        log.critical("nothing has begun or ended for %.0f s, and there is work: ending", self._seconds)
        _end_process()

    def _has_work(self) -> bool:
        """Whether a message waits in the queue or in this process; False while Redis is away."""
        try:
            return bool(state.reserved_requests) or bool(self._redis.llen(self._queue))
        except RedisError:
            return False


def _progress() -> tuple[int, int]:
    """Changes whenever a task begins or ends."""
    return state.all_total_count[0], len(state.reserved_requests)


def _end_process() -> None:
    """At once: what hangs would hang an orderly end too. The messages in hand come back by themselves."""
    for pid in [child.pid for child in active_children() if child.pid]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    os._exit(os.EX_SOFTWARE)
