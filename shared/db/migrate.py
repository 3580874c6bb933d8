"""Brings the database to the newest schema: `python -m shared.db.migrate`."""

import sys
import time

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from shared.db.connection import connect, disable_answer_timeout
from shared.settings import read_settings

WAIT_SECONDS = 60
_LOCK = 7_211_034


class UnsuitableDatabaseError(Exception):
    """The database can't hold this system's tables."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(f"{found}: {remedy}")
        self.found = found
        self.remedy = remedy


def create_alembic_config(connection: Connection) -> Config:
    """Alembic on this connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "shared.db:migrations")
    return config


def migrate(database: Engine) -> None:
    """Runs what is missing; of several that start together, one works and the others wait for it.

    Tables of a newer version stay as they are: the old code runs with them.
    Raises UnsuitableDatabaseError, and changes nothing then.
    """
    with database.begin() as connection:
        require_utf8(connection)
        disable_answer_timeout(connection)
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = create_alembic_config(connection)
        scripts = ScriptDirectory.from_config(config)
        older = {None, *(script.revision for script in scripts.walk_revisions())} - {
            scripts.get_current_head()
        }
        if MigrationContext.configure(connection).get_current_revision() in older:
            _require_schema(connection)
            command.upgrade(config, "head")


def require_utf8(connection: Connection) -> None:
    """Raises UnsuitableDatabaseError for a database in which not every name can be written."""
    encoding = connection.scalar(text("SELECT current_setting('server_encoding')"))
    if encoding != "UTF8":
        raise UnsuitableDatabaseError(
            f"the database's encoding is {encoding}, in which not every name can be written",
            "create one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0;"
            " then name it in DATABASE_URL",
        )


def _require_schema(connection: Connection) -> None:
    query = text(
        "SELECT quote_ident(current_schema()), quote_ident(current_user),"
        " has_schema_privilege(current_schema(), 'CREATE')"
    )
    schema, user, may_create = connection.execute(query).one()
    other = "name another in DATABASE_URL (?options=-csearch_path%3DNAME)"
    if schema is None:
        raise UnsuitableDatabaseError(
            "search_path leads to no schema", f"create the one that it names, or {other}"
        )
    if not may_create:
        raise UnsuitableDatabaseError(
            f"{user} may not create tables in the schema {schema}",
            f"run GRANT CREATE ON SCHEMA {schema} TO {user}, or {other}",
        )


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
    """Waits for Postgres, then migrates; ends with one sentence when it can't."""
    database = connect(read_settings(), pool_size=1)
    try:
        wait_for_postgres(database, WAIT_SECONDS)
    except OperationalError as error:
        sys.exit(f"Postgres did not answer for {WAIT_SECONDS} s; check DATABASE_URL. It said: {error.orig}")
    try:
        migrate(database)
    except UnsuitableDatabaseError as error:
        sys.exit(f"The tables were not created: {error}")
    except DBAPIError as error:
        sys.exit(f"The tables were not brought up to date, and are as they were. Postgres said: {error.orig}")


if __name__ == "__main__":
    main()
