"""The connection to Postgres."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from math import inf
from typing import cast

import psycopg2
from psycopg2 import extensions
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, exc

from shared.db.url import read_database_url
from shared.settings import Settings

TRANSIENT_ERRORS = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)
"""SQLAlchemy's errors that mean Postgres is down or read-only: worth a retry."""

CONNECT_SECONDS = 5.0
PING_SECONDS = 3.0
"""For a pooled connection to prove that Postgres still answers on it."""
STATEMENT_SECONDS = 10.0
GRACE_SECONDS = 2.0
"""Postgres ends a statement that takes too long; this much later we stop waiting for it to say so."""

# The kernel notices a peer that is gone. Postgres behind a proxy that acknowledges everything is noticed by
# `_wait_for_answer`.
_SOCKET = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
_LIMIT_STATEMENTS = (
    # Not as a startup parameter (`options`): PgBouncer refuses it, and it would replace the operator's own.
    f"SELECT set_config('statement_timeout', '{STATEMENT_SECONDS:.0f}s', false)"
    " WHERE current_setting('statement_timeout') = '0'"
)
_READ_ONLY = "25006"
"""The SQLSTATE of a write on a server that is a replica by now."""


class _Connection(extensions.connection):
    answer_seconds: float = CONNECT_SECONDS
    """How long this connection may keep its caller waiting."""


def connect(settings: Settings, *, pool_size: int) -> Engine:
    """An engine that opens its connections when they are first needed and checks them before each use.

    All waiting is bounded, so that a Postgres that is away, or silent, is an error its caller can answer,
    never a thread that hangs. When one connection fails, none of the others is trusted any longer.
    """
    extensions.set_wait_callback(_wait_for_answer)
    parameters = _SOCKET | read_database_url(settings.database_url.get_secret_value())
    engine = create_engine(
        "postgresql+psycopg2://",
        creator=partial(_open, parameters),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,  # or a traceback in the log would show names, keys and delete hashes
    )
    event.listen(engine, "checkout", _expect_statements)
    event.listen(engine, "checkin", _expect_ping)
    event.listen(engine, "handle_error", _distrust_replica)
    return engine


def disable_answer_timeout(connection: Connection) -> None:
    """Lift our own limit, beside Postgres's `statement_timeout`, until the connection is given back."""
    cast("_Connection", connection.connection.dbapi_connection).answer_seconds = inf


def _wait_for_answer(connection: extensions.connection) -> None:
    """psycopg2's wait callback. libpq alone would wait for ever, and takes no time limit.

    psycopg2 closes the connection when this raises: nobody knows what a late answer would belong to.
    """
    seconds = getattr(connection, "answer_seconds", inf)
    deadline = time.monotonic() + seconds
    while (state := connection.poll()) != extensions.POLL_OK:
        poller = select.poll()  # made anew: while it connects, libpq may change its socket
        poller.register(
            connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        )
        left = deadline - time.monotonic()
        if left <= 0 or not poller.poll(None if left == inf else left * 1000):
            raise psycopg2.OperationalError(f"Postgres did not answer within {seconds:g} s")


def _open(parameters: dict[str, str]) -> _Connection:
    failure: psycopg2.OperationalError | None = None
    for address in _addresses(parameters):
        try:
            connection = psycopg2.connect(
                extensions.make_dsn(**parameters | address), connection_factory=_Connection
            )
        except psycopg2.OperationalError as error:
            failure = error
        else:
            _limit_statements(connection)
            return connection
    assert failure  # noqa: S101 - there is one address at least
    raise failure


def _limit_statements(connection: _Connection) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(_LIMIT_STATEMENTS)
    connection.autocommit = False


def _addresses(parameters: dict[str, str]) -> Iterator[dict[str, str]]:
    """Each host, and each of its addresses, alone: libpq itself stays with one that is silent."""
    if "hostaddr" in parameters:
        yield {}
        return
    hosts = parameters.get("host", "").split(",")
    ports = parameters.get("port", "").split(",")
    for host, port in zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=True):
        place = {"host": host, "port": port} if host else {}
        found = _look_up(host)
        if not found:
            yield place
        for address in found:
            yield place | {"hostaddr": address}


def _look_up(host: str) -> list[str]:
    """Nothing for a socket's directory, and for a name that is not known: libpq says so better."""
    if not host or host.startswith(("/", "@")):
        return []
    with suppress(OSError):
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(info[4][0]) for info in found))
    return []


def _expect_statements(connection: _Connection, *_: object) -> None:
    connection.answer_seconds = STATEMENT_SECONDS + GRACE_SECONDS


def _expect_ping(connection: _Connection | None, *_: object) -> None:
    if connection:  # else it was invalidated
        connection.answer_seconds = PING_SECONDS


def _distrust_replica(context: ExceptionContext) -> None:
    """A former primary keeps its connections and refuses to write: the next look-up finds the new one."""
    if getattr(context.original_exception, "pgcode", None) == _READ_ONLY:
        context.is_disconnect = True
