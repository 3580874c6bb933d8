"""Connections to Postgres, with a time limit for everything."""

import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from functools import partial
from math import inf
from typing import cast

import psycopg2
from psycopg2 import extensions
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, exc

from shared.db.url import read_database_url
from shared.settings import Settings


class Part(StrEnum):
    """Which part of the system has a connection; Postgres shows it."""

    GATEWAY = "gateway"
    FRAMES = "frames"
    EVIDENCE = "evidence"
    TOOL = "tool"


TRANSIENT_ERRORS = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)
"""SQLAlchemy's errors that mean Postgres is down or read-only: worth a retry."""

CONNECT_SECONDS = 5.0
PING_SECONDS = 3.0
"""Limit of the check that a pooled connection still works."""
STATEMENT_SECONDS = 10.0
PAUSE_SECONDS = 3 * CONNECT_SECONDS
"""For a process with other work: a silent Postgres then takes about a quarter of its time."""
GRACE_SECONDS = 2.0
"""Postgres cancels a statement that takes too long; if it stays silent we give up this much later."""

# The kernel detects a dead peer; `_wait_for_answer` detects a silent Postgres behind a proxy that still
# acknowledges packets.
_SOCKET = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
APPLICATION = "proctor"
_NAME_SESSION = "SELECT set_config('application_name', %s, false)"
_LIMIT_STATEMENTS = (
    # Not a startup parameter (`options`): PgBouncer rejects it, and it would override the operator's limit.
    f"SELECT set_config('statement_timeout', '{STATEMENT_SECONDS:.0f}s', %(for_transaction)s)"
    " WHERE current_setting('statement_timeout') = '0'"
)
_READ_ONLY = "25006"
"""The SQLSTATE of a write on a replica."""


class _Connection(extensions.connection):
    answer_seconds: float = CONNECT_SECONDS
    """Maximum time to wait for Postgres, depending on what the connection is used for."""
    has_pooler: bool = False
    """Whether each transaction may run in another session of Postgres, as with PgBouncer."""


class _NoAnswerError(psycopg2.OperationalError):
    """Postgres is silent, which takes seconds to find out."""


def connect(
    settings: Settings, *, pool_size: int, part: Part = Part.TOOL, pause_seconds: float = 0.0
) -> Engine:
    """Return an engine that connects when first used and checks each connection before use.

    All waits are bounded: an unavailable or silent Postgres raises one of TRANSIENT_ERRORS instead of
    blocking a thread. When one connection fails, the pool discards the others too. For `pause_seconds`
    after a silent Postgres no connection is tried: that raises the same error at once.
    """
    extensions.set_wait_callback(_wait_for_answer)
    parameters = _SOCKET | read_database_url(settings.database_url.get_secret_value())
    engine = create_engine(
        "postgresql+psycopg2://",
        creator=_pause_after_silence(partial(_open, parameters, f"{part} {pool_size}"), pause_seconds),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,  # a traceback in the log must not show names, keys and delete hashes
    )
    event.listen(engine, "checkout", _limit_to_statement)
    event.listen(engine, "checkin", _limit_to_ping)
    event.listen(engine, "begin", _limit_statements_of_transaction)
    event.listen(engine, "handle_error", _invalidate_on_replica)
    return engine


def disable_answer_timeout(connection: Connection) -> None:
    """Disable our own limit, not Postgres's `statement_timeout`, until the connection is returned."""
    cast("_Connection", connection.connection.dbapi_connection).answer_seconds = inf


def _wait_for_answer(connection: extensions.connection) -> None:
    """Wait with a time limit, which libpq does not have. psycopg2's wait callback.

    If this raises, psycopg2 closes the connection, so a late answer can't be mistaken for the next one.
    """
    seconds = getattr(connection, "answer_seconds", inf)
    deadline = time.monotonic() + seconds
    while (state := connection.poll()) != extensions.POLL_OK:
        poller = select.poll()  # new each time: libpq may change its socket while connecting
        poller.register(
            connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        )
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not poller.poll(None if remaining == inf else remaining * 1000):
            raise _NoAnswerError(f"Postgres did not answer within {seconds:g} s")


def _pause_after_silence(
    open_connection: Callable[[], _Connection], seconds: float
) -> Callable[[], _Connection]:
    pause_ends_at = -inf

    def open_or_raise() -> _Connection:
        nonlocal pause_ends_at
        if time.monotonic() < pause_ends_at:
            raise _NoAnswerError("Postgres did not answer a moment ago")
        try:
            return open_connection()
        except _NoAnswerError:
            pause_ends_at = time.monotonic() + seconds
            raise

    return open_or_raise


def _open(parameters: dict[str, str], user: str) -> _Connection:
    failure: psycopg2.OperationalError | None = None
    for address in _addresses(parameters):
        try:
            connection = psycopg2.connect(
                extensions.make_dsn(**parameters | address), connection_factory=_Connection
            )
        except psycopg2.OperationalError as error:
            failure = error
        else:
            _set_up_session(connection, user)
            return connection
    assert failure  # noqa: S101 - there is at least one address
    raise failure


def _set_up_session(connection: _Connection, user: str) -> None:
    """Name the session and limit its statements, unless a pooler may give it to another client."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        # A pooler makes up the process id that it gives its clients, which serves to cancel statements.
        cursor.execute("SELECT pg_backend_pid()")
        connection.has_pooler = cursor.fetchone() != (connection.info.backend_pid,)
        if not connection.has_pooler:
            cursor.execute(_LIMIT_STATEMENTS, {"for_transaction": False})
            # One name for each process, with the size of its pool: the doctor adds them up.
            cursor.execute(_NAME_SESSION, (f"{APPLICATION} {user} {os.getpid()}@{socket.gethostname()}",))
    connection.autocommit = False


def _limit_statements_of_transaction(connection: Connection) -> None:
    if cast("_Connection", connection.connection.dbapi_connection).has_pooler:
        connection.exec_driver_sql(_LIMIT_STATEMENTS, {"for_transaction": True})


def _addresses(parameters: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield each address of each host: libpq itself would not try the next if one is silent."""
    if "hostaddr" in parameters:
        yield {}
        return
    hosts = parameters.get("host", "").split(",")
    ports = parameters.get("port", "").split(",")
    for host, port in zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=True):
        endpoint = {"host": host, "port": port} if host else {}
        addresses = _look_up(host)
        if not addresses:
            yield endpoint
        for address in addresses:
            yield endpoint | {"hostaddr": address}


def _look_up(host: str) -> list[str]:
    """Return nothing for a socket directory or an unknown host: libpq has the better error message."""
    if not host or host.startswith(("/", "@")):
        return []
    with suppress(OSError):
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(info[4][0]) for info in found))
    return []


def _limit_to_statement(connection: _Connection, *_: object) -> None:
    connection.answer_seconds = STATEMENT_SECONDS + GRACE_SECONDS


def _limit_to_ping(connection: _Connection | None, *_: object) -> None:
    if connection:  # None if it was invalidated
        connection.answer_seconds = PING_SECONDS


def _invalidate_on_replica(context: ExceptionContext) -> None:
    """Reconnect after a failover: a former primary keeps its connections open but rejects writes."""
    if getattr(context.original_exception, "pgcode", None) == _READ_ONLY:
        context.is_disconnect = True
