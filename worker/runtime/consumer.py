"""A Celery consumer that survives unreadable messages and broken connections."""

import logging
from collections.abc import Callable
from typing import Any

from billiard.exceptions import WorkerLostError
from celery.worker.consumer import Consumer
from kombu import Message
from vine import promise as Promise  # noqa: N812 - a class

RESILIENT_CONSUMER = "worker.runtime.consumer:ResilientConsumer"
"""For the setting `worker_consumer`."""

HEARTBEAT_SECONDS = 10

UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)
"""Raised when a message has an unexpected shape; all other errors are not the message's fault."""

log = logging.getLogger(__name__)


class ResilientConsumer(Consumer):
    """Reconnects after unexpected errors, on which Celery's own consumer would end the worker.

    Their causes are messages that are not JSON or have an unexpected shape, and a killed Redis.
    """

    connection_errors: tuple[type[Exception], ...]

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - Celery's
        # Nobody reads what workers tell each other; heartbeats are only for a metric.
        quiet = {"without_gossip": True, "without_mingle": True, "heartbeat_interval": HEARTBEAT_SECONDS}
        super().__init__(*arguments, **options | quiet)

    def start(self) -> None:
        """Consume messages until the worker is told to stop."""
        self._expected_errors, self.connection_errors = self.connection_errors, (Exception,)
        super().start()

    def create_task_handler(self, promise: type[Promise] = Promise) -> Callable[[Message], None]:
        """As Celery's, but reject unreadable messages, so that they are not redelivered.

        One that is not even JSON needs no rejection: kombu has removed it from Redis before parsing it.
        """
        handle = super().create_task_handler(promise)

        def handle_or_reject(message: Message) -> None:
            try:
                # Our messages have no time limit. One that is not a number would fail only when the task
                # starts, and the message would be redelivered at once, for ever.
                message.headers.pop("timelimit", None)
                handle(message)
            except UNREADABLE:
                message.reject_log_error(log, Exception)
                raise

        return handle_or_reject

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Log unexpected errors too; Celery drops the connection and only logs that it was lost."""
        if isinstance(exc, WorkerLostError):
            raise exc  # The pool has no processes: reconnecting does not help.
        if not isinstance(exc, self._expected_errors):
            log.error("unreadable message or unexpected connection error", exc_info=exc)
        try:
            super().on_connection_error_after_connected(exc)
        except Exception:
            # When Redis is killed while frames are reserved, kombu may try to return them over a connection
            # that it has closed already (5.7.0: no attribute 'hostname').
            log.warning("the old connection could not be cleaned up", exc_info=True)
