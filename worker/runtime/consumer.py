"""What takes messages from the queue, and goes on with the next whatever it has found there."""

import logging
from collections.abc import Callable

from billiard.exceptions import WorkerLostError
from celery.worker.consumer import Consumer
from kombu import Message
from vine import promise as Promise  # noqa: N812 - a class, whatever its name

RESILIENT_CONSUMER = "worker.runtime.consumer:ResilientConsumer"
"""For the setting `worker_consumer`."""

UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)
"""What reading a message of another shape raises; all else is not the message's fault."""

log = logging.getLogger(__name__)


class ResilientConsumer(Consumer):
    """Celery's own ends the worker with each error that it has not foreseen; this one connects anew.

    Such errors come of messages that are not JSON, or of another shape, and of a Redis that is killed.
    """

    connection_errors: tuple[type[Exception], ...]

    def start(self) -> None:
        """Takes messages until the worker is told to stop."""
        self._foreseen, self.connection_errors = self.connection_errors, (Exception,)
        super().start()

    def create_task_handler(self, promise: type[Promise] = Promise) -> Callable[[Message], None]:
        """As Celery's, but a message that can't be read is thrown away, and not left to come again.

        One that is not even JSON has no need of that: it is out of Redis when it is looked at.
        """
        take = super().create_task_handler(promise)

        def take_or_throw_away(message: Message) -> None:
            try:
                # Ours has none. One that is no number would only break off when the task has begun: the
                # message would be given back, and come again at once.
                message.headers.pop("timelimit", None)
                take(message)
            except UNREADABLE:
                message.reject_log_error(log, Exception)
                raise

        return take_or_throw_away

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Celery lets go of the connection here, and says that it was lost; this says what else it was."""
        if isinstance(exc, WorkerLostError):
            raise exc  # There are no processes to judge anything: no new connection mends that.
        if not isinstance(exc, self._foreseen):
            log.error("a message can't be read, or a connection broke in an odd way", exc_info=exc)
        try:
            super().on_connection_error_after_connected(exc)
        except Exception:
            # When Redis is killed under a worker that has frames in hand, kombu may want to give them back
            # over a connection that it has let go of already (5.7.0: no attribute 'hostname').
            log.warning("the old connection is left as it is", exc_info=True)
