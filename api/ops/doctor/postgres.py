"""Check that Postgres answers, is writable, and has the tables of this version."""

from collections.abc import Iterator

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from api.ops.doctor.clocks import compare_clocks
from api.ops.doctor.finding import Finding, broken, ok, warning
from shared.db.connection import APPLICATION, Part, connect
from shared.db.migrate import UnsuitableDatabaseError, create_alembic_config, require_utf8
from shared.settings import Settings

MIGRATE = "run `python -m shared.db.migrate` (compose: `docker compose run --rm migrate`)"


def check_postgres(settings: Settings) -> Iterator[Finding]:
    """Yield one broken finding if Postgres is unusable, otherwise a finding for each check."""
    database = connect(settings, pool_size=1)
    try:
        with database.connect() as connection:
            yield from _check_connection(connection)
            yield from _check_connection_limit(connection)
    except SQLAlchemyError as error:
        yield _explain(str(getattr(error, "orig", error)))
    finally:
        database.dispose()


def _explain(error: str) -> Finding:
    reason = error.strip().splitlines()[0]
    match reason:
        case _ if "password" in reason:
            remedy = "check the user and password in DATABASE_URL, or PGPASSWORD"
        case _ if "does not exist" in reason:
            remedy = "create it, or change DATABASE_URL"
        case _ if "translate host name" in reason:
            remedy = "check the host in DATABASE_URL, and that this machine can resolve it"
        case _ if "startup parameter" in reason:
            remedy = "remove it from DATABASE_URL, or add it to PgBouncer's ignore_startup_parameters"
        case _:
            remedy = "check that it runs, and that DATABASE_URL is its address from here"
    return broken(f"Postgres can't be used: {reason}", remedy)


def _check_connection(connection: Connection) -> Iterator[Finding]:
    version, replica, now = connection.execute(
        text("SELECT current_setting('server_version'), pg_is_in_recovery(), clock_timestamp()")
    ).one()
    yield ok(f"Postgres {version} answers")
    if replica:
        yield broken("this Postgres is a read-only replica", "set DATABASE_URL to the primary")
    try:
        require_utf8(connection)
    except UnsuitableDatabaseError as error:
        yield broken(error.problem, error.remedy)
    yield from compare_clocks("Postgres", now)
    yield _check_tables(connection)


def _check_connection_limit(connection: Connection) -> Iterator[Finding]:
    """Compare what the running processes may open with what Postgres accepts; a pooler hides both."""
    limit = int(
        connection.scalar(
            text(
                "SELECT current_setting('max_connections')::int"
                " - current_setting('superuser_reserved_connections')::int"
            )
        )
        or 0
    )
    processes = text(
        "SELECT name[1] AS part, name[2]::int AS pool_size, count(DISTINCT application_name) AS number"
        " FROM pg_stat_activity, regexp_match(application_name, :ours) AS name"
        " WHERE name[1] <> :tool GROUP BY 1, 2 ORDER BY 1, 2"
    )
    ours = {"ours": rf"^{APPLICATION} (\w+) (\d+) ", "tool": Part.TOOL}
    running = connection.execute(processes, ours).all()
    needed = sum(process.number * process.pool_size for process in running)
    if needed > limit:
        listed = ", ".join(f"{number} x {pool_size} ({part})" for part, pool_size, number in running)
        yield warning(
            f"the processes may open {needed} connections to Postgres, which accepts {limit}: {listed}",
            "raise max_connections, lower GATEWAY_POOL_SIZE or EVIDENCE_POOL_SIZE, or use PgBouncer",
        )


def _check_tables(connection: Connection) -> Finding:
    scripts = ScriptDirectory.from_config(create_alembic_config(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    newest = scripts.get_current_head()
    if current == newest:
        return ok(f"its tables are up to date ({newest})")
    if current is None:
        return broken("the database has no tables yet", MIGRATE)
    if current in {script.revision for script in scripts.walk_revisions()}:
        return broken(f"the tables are of an older version ({current}, not {newest})", MIGRATE)
    return broken(
        f"the tables are of a newer version ({current}) than this one ({newest})",
        "run the same version here as in the rest of the system",
    )
