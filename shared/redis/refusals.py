"""A Redis that answers and refuses to work is away: its connections are closed, and it is looked up anew.

After a failover behind one name the old connections lead to what is a replica by then. redis-py and kombu
take its refusal for a fault of the command, and would keep the connection.
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

_KINDS = (ReadOnlyError, OutOfMemoryError, MasterDownError, ClusterDownError)
_WORDS = ("MISCONF ", "NOREPLICAS ", "UNBLOCKED ", "BUSY ", "-READONLY ", "-OOM ", "-MISCONF ")
"""Those that redis-py has no class for; with a dash, as scripts of Redis 6 wrap them."""


def to_connection_error(error: ResponseError) -> ConnectionError | None:
    """The same as a lost connection, if it says that Redis refuses to work; else None."""
    unwilling = isinstance(error, _KINDS) or any(word in str(error) for word in _WORDS)
    return ConnectionError(f"Redis refuses: {error}") if unwilling else None


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
    """Connections of this class (TCP, TLS, Unix socket) that close when Redis refuses to work."""
    return type(connection_class.__name__, (_Connection, connection_class), {})
