"""Brings the database to the newest schema: `python -m shared.migrate`."""

import sys
import time

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from shared.database import connect
from shared.settings import Settings

WAIT_SECONDS = 60
_LOCK = 7_211_034


def alembic_config(connection: Connection) -> Config:
    """Alembic on this connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "shared:migrations")
    return config


def migrate(database: Engine) -> None:
    """Runs what is missing; of several that start together, one works and the others wait for it.

    Tables of a newer version stay as they are: the old code runs with them.
    """
    with database.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = alembic_config(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if MigrationContext.configure(connection).get_current_revision() in {None, *known}:
            command.upgrade(config, "head")


def wait_for_postgres(database: Engine, seconds: float) -> None:
    """Returns when Postgres answers; raises its error when it has not within so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with database.connect():
                return
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def main() -> None:
    """Waits for Postgres, then migrates."""
    database = connect(Settings(), pool_size=1)
    try:
        wait_for_postgres(database, WAIT_SECONDS)
    except OperationalError as error:
        sys.exit(f"Postgres did not answer for {WAIT_SECONDS} s; check DATABASE_URL. It said: {error.orig}")
    migrate(database)


if __name__ == "__main__":
    main()
