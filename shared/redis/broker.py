"""kombu's Redis transport, changed to survive a Redis that refuses commands for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import redis, virtual
from redis.client import Pipeline, Redis
from redis.sentinel import SentinelConnectionPool

from shared.redis.client import sentinel_pool
from shared.redis.refusals import handle_refusals
from shared.redis.sentinel import SentinelUrl


class QoS(redis.QoS):
    """Releases the prefetch slot of a message even if acknowledging it fails.

    kombu logs the failure and keeps the slot, so that a worker with one process would never take another
    message. Redis redelivers the message, which is harmless: tasks are idempotent.
    """

    @contextmanager
    def pipe_or_acquire(
        self, pipe: Pipeline | None = None, client: Redis | None = None
    ) -> Iterator[Pipeline]:
        """Yield a pipeline that is no transaction: MULTI and EXEC would double the commands of a message.

        If only half of it is executed, the message is delivered again, or lost as if its worker had been
        killed a moment earlier; the sweeps make up for both.
        """
        if pipe is not None:
            yield pipe
        else:
            with self.channel.conn_or_acquire(client) as acquired:  # type: ignore[attr-defined]
                yield acquired.pipeline(transaction=False)

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message and release its slot."""
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's
        """Requeue or drop a message and release its slot."""
        try:
            super().reject(delivery_tag, requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class Channel(redis.Channel):
    """Makes all of kombu's connections close when Redis refuses commands."""

    QoS = QoS

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - kombu's
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc]
        return parameters | {"connection_class": handle_refusals(parameters["connection_class"])}


class SentinelChannel(Channel, redis.SentinelChannel):
    """Asks Sentinel for the primary at each connection, as the other clients do."""

    from_transport_options = (*redis.SentinelChannel.from_transport_options, "sentinel_url")
    sentinel_url: SentinelUrl

    def _sentinel_managed_pool(self, asynchronous: bool = False) -> SentinelConnectionPool:  # noqa: FBT001, FBT002 - kombu's
        parameters = self._connparams(asynchronous)
        options = {name: value for name, value in parameters.items() if name not in {"host", "port"}}
        return sentinel_pool(self.sentinel_url, **options)


class Transport(redis.Transport):
    """For `kombu.transport.TRANSPORT_ALIASES`."""

    Channel = Channel


class SentinelTransport(redis.SentinelTransport):
    """For `sentinel://`."""

    Channel = SentinelChannel
