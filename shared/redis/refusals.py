"""Treats a Redis that refuses commands like a lost connection: close it and look the server up again.

After a failover behind one DNS name, old connections lead to a server that has become a replica. redis-py
and kombu would report its refusal as an error of the command and keep the connection.
"""

from functools import cache
from typing import Any

from redis.connection import AbstractConnection
from redis.exceptions import (
    ClusterDownError,
    ConnectionError,  # noqa: A004 - redis's
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)

_ERROR_CLASSES = (ReadOnlyError, OutOfMemoryError, MasterDownError, ClusterDownError)
_ERROR_PREFIXES = ("MISCONF ", "NOREPLICAS ", "UNBLOCKED ", "BUSY ", "-READONLY ", "-OOM ", "-MISCONF ")
"""Errors without a class in redis-py. Scripts of Redis 6 add the dash."""


def to_connection_error(error: ResponseError) -> ConnectionError | None:
    """Return a ConnectionError if Redis refuses commands, else None."""
    is_refusal = isinstance(error, _ERROR_CLASSES) or any(text in str(error) for text in _ERROR_PREFIXES)
    return ConnectionError(f"Redis refuses commands: {error}") if is_refusal else None


class _Connection(AbstractConnection):
    def read_response(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as redis-py's
        try:
            return super().read_response(*args, **options)
        except ResponseError as error:
            if not (unavailable := to_connection_error(error)):
                raise
            self.disconnect()  # type: ignore[no-untyped-call]
            raise unavailable from error


@cache
def handle_refusals(connection_class: type[AbstractConnection]) -> type[AbstractConnection]:
    """Return a subclass of a connection class (TCP, TLS, Unix) that disconnects if Redis refuses commands."""
    return type(connection_class.__name__, (_Connection, connection_class), {})
