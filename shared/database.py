"""The connection to Postgres."""

from sqlalchemy import URL, Engine, create_engine, exc, make_url

from shared.settings import Settings

AWAY = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)
"""SQLAlchemy's errors that mean Postgres is not there, or not to be written to: worth trying again later."""


def url_of(settings: Settings) -> URL:
    """`DATABASE_URL` for SQLAlchemy; `postgres://` and `postgresql://` both mean psycopg2 here."""
    url = settings.database_url.get_secret_value().replace("postgres://", "postgresql://", 1)
    return make_url(url).set(drivername="postgresql+psycopg2")


def connect(settings: Settings, *, pool_size: int) -> Engine:
    """An engine that opens its connections when they are first needed and checks them before each use.

    All waiting is bounded (5 s to connect and to get a connection, 10 s for a statement), so that a
    Postgres that is away is an error its caller can answer, never a thread that hangs.
    """
    return create_engine(
        url_of(settings),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,  # or a traceback in the log would show names, keys and delete hashes
        connect_args={"connect_timeout": 5, "options": "-c statement_timeout=10s"},
    )
