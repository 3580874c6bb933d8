"""Upgrade the database to the newest schema: `python -m shared.db.migrate`."""

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
    """The database can't hold our tables."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}: {remedy}")
        self.problem = problem
        self.remedy = remedy


def create_alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for this connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "shared.db:migrations")
    return config


def migrate(database: Engine) -> None:
    """Run the missing migrations. Concurrent calls are safe: one migrates, the others wait.

    Does nothing if the schema is newer than this code, which still works with it.
    Raises UnsuitableDatabaseError, without any change.
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
    """Raise UnsuitableDatabaseError if the encoding can't represent every name."""
    encoding = connection.scalar(text("SELECT current_setting('server_encoding')"))
    if encoding != "UTF8":
        raise UnsuitableDatabaseError(
            f"the database's encoding is {encoding}, which can't represent every name",
            "create one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0;"
            " then set DATABASE_URL to it",
        )


def _require_schema(connection: Connection) -> None:
    query = text(
        "SELECT quote_ident(current_schema()), quote_ident(current_user),"
        " has_schema_privilege(current_schema(), 'CREATE')"
    )
    schema, user, may_create = connection.execute(query).one()
    other = "choose another in DATABASE_URL (?options=-csearch_path%3DNAME)"
    if schema is None:
        raise UnsuitableDatabaseError(
            "search_path names no existing schema", f"create the schema, or {other}"
        )
    if not may_create:
        raise UnsuitableDatabaseError(
            f"{user} may not create tables in the schema {schema}",
            f"run GRANT CREATE ON SCHEMA {schema} TO {user}, or {other}",
        )


def wait_for_postgres(database: Engine, seconds: float) -> None:
    """Return when Postgres is up; raise the last error if it is not within `seconds`."""
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
    """Wait for Postgres, then migrate; exit with one sentence if that fails."""
    database = connect(read_settings(), pool_size=1)
    try:
        wait_for_postgres(database, WAIT_SECONDS)
    except OperationalError as error:
        sys.exit(
            f"Postgres did not respond for {WAIT_SECONDS} s; check DATABASE_URL. Last error: {error.orig}"
        )
    try:
        migrate(database)
    except UnsuitableDatabaseError as error:
        sys.exit(f"The tables were not created: {error}")
    except DBAPIError as error:
        sys.exit(f"The migration failed; no table was changed. Error of Postgres: {error.orig}")


if __name__ == "__main__":
    main()
