"""kombu's Redis transport, which goes on when Redis refuses to work for a while."""

from typing import Any

from kombu.transport import redis, virtual

from shared.redis.refusals import handle_refusals


class QoS(redis.QoS):
    """Frees the place of a message whose acknowledgement fails.

    kombu logs the failure and keeps the place: a worker that has one process would never take another
    message. Redis hands the acknowledged message out again, which does no harm.
    """

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message."""
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's
        """Give a message back, or drop it."""
        try:
            super().reject(delivery_tag, requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class Channel(redis.Channel):
    """All of kombu's connections are made from these parameters."""

    QoS = QoS

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - kombu's
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc]
        return parameters | {"connection_class": handle_refusals(parameters["connection_class"])}


class Transport(redis.Transport):
    """For `kombu.transport.TRANSPORT_ALIASES`."""

    Channel = Channel
