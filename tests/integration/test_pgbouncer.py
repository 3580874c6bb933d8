"""Everything works through PgBouncer, in session and in transaction mode."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, make_url, text

from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.db.connection import connect
from shared.db.migrate import migrate
from shared.settings import Settings
from tests.support.exam import Exam
from tests.support.waiting import is_listening


@pytest.fixture
def pgbouncer_directory() -> Iterator[Path]:
    """A directory that PgBouncer's account can read, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="proctor-tests-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(params=["session", "transaction"])
def through_pgbouncer(
    request: pytest.FixtureRequest, settings: Settings, database: Engine, pgbouncer_directory: Path
) -> Iterator[Settings]:
    """An empty database, reached through PgBouncer."""
    program = find_pgbouncer()
    name = f"pooled_{uuid4().hex}"
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    query = make_url(settings.database_url.get_secret_value()).query
    port = free_port()
    users = pgbouncer_directory / "users.txt"
    users.write_text('"postgres" ""\n')
    configuration = pgbouncer_directory / "pgbouncer.ini"
    configuration.write_text(
        "[databases]\n"
        f"* = host={query['host']} port={query['port']}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {users}\n"
        f"pool_mode = {request.param}\n"
    )
    # PgBouncer refuses to run as root.
    account = ["--user", "nobody"] if os.geteuid() == 0 else []
    process = Process(
        "pgbouncer",
        [program, *account, configuration],
        log=pgbouncer_directory / "pgbouncer.log",
        environment=os.environ,
        answers=lambda: is_listening(port),
    )
    process.start()
    url = f"postgresql://postgres@127.0.0.1:{port}/{name}"
    yield Settings(**dict(settings) | {"database_url": url})
    process.stop()


def find_pgbouncer() -> Path:
    """Return its path. If it is missing, skip the tests, or fail them in CI."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        missing = "PgBouncer is NOT tested: it is not installed. On Debian: apt install pgbouncer"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return Path(found)


def test_everything_works_through_pgbouncer(
    through_pgbouncer: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    database = connect(through_pgbouncer, pool_size=2)
    migrate(database)
    gateway = other_gateway(through_pgbouncer)

    exam = Exam.create(gateway)
    exam.join("Zoë")

    assert gateway.get("/readyz").is_success
    assert exam.get_flags().json()["flags"] == []
    with database.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "10s"
    database.dispose()
