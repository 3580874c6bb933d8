"""Everything works through PgBouncer, in session and in transaction mode."""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text

from dev.stack.pgbouncer import pgbouncer
from dev.stack.processes import Process
from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.db.migrate import migrate
from shared.settings import Settings
from tests.conftest import SECRET
from tests.support.exam import TWO_FACES, Exam, assert_problem, bearer
from tests.support.programs import require_program
from tests.support.waiting import wait_until


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
    with run_pgbouncer(settings, pgbouncer_directory, request.param) as (port, _):
        yield use_new_database(settings, database, port)


def use_new_database(settings: Settings, database: Engine, port: int) -> Settings:
    """Create an empty database, and return settings with its address behind PgBouncer."""
    name = f"pooled_{uuid4().hex}"
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = f"postgresql://postgres@127.0.0.1:{port}/{name}"
    return Settings(**dict(settings) | {"database_url": url})


@contextmanager
def run_pgbouncer(settings: Settings, directory: Path, pool_mode: str) -> Iterator[tuple[int, Process]]:
    """Run PgBouncer in front of all databases; yield its port and process."""
    program = require_program("pgbouncer", tested="PgBouncer", package="pgbouncer")
    postgres_url = settings.database_url.get_secret_value()
    server = pgbouncer(program, directory, postgres_url, directory, pool_mode)
    server.process.start()
    yield server.port, server.process
    server.process.stop()


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
    # Two sessions of Postgres, of which only one knows what this client has set at its start.
    with database.begin() as first, database.begin() as second:
        assert [one.scalar(text("SHOW statement_timeout")) for one in (first, second)] == ["10s"] * 2
        assert first.scalar(_SESSION) != second.scalar(_SESSION)
    database.dispose()


_SESSION = text("SELECT pg_backend_pid()")


def test_exam_behind_transaction_pooling(
    settings: Settings, database: Engine, pgbouncer_directory: Path, tmp_path: Path
) -> None:
    """Every process reaches Postgres only through PgBouncer, which restarts once."""
    with run_pgbouncer(settings, pgbouncer_directory, "transaction") as (port, process):
        url = use_new_database(settings, database, port).database_url.get_secret_value()
        environment = os.environ | {"SECRET_KEY": SECRET, "DATABASE_URL": url, "MAX_WAIT_SECONDS": "100"}
        with (
            Stack(tmp_path, workers=2, environment=environment) as stack,
            httpx.Client(base_url=stack.url, timeout=60) as client,
        ):
            exam = Exam.create(client)
            candidates = [exam.join("Zoë"), exam.join("דוד"), exam.join()]
            with ThreadPoolExecutor(3) as pool:
                jobs = list(pool.map(lambda one: one.judge_frame(TWO_FACES), candidates))
            assert [job["verdict"] for job in jobs] == ["multiple_faces"] * 3
            wait_until(exam.has_stored_evidence, "the pictures are stored")

            process.stop()
            assert_problem(exam.get_flags(), 503)
            process.start()

            flag = wait_until(lambda: first_flag(exam), "the gateway reaches Postgres again")
            reviewed = client.post(
                f"/meetings/{exam.id}/flags/{flag['id']}/review",
                json={"decision": "confirmed"},
                headers=bearer(exam.admin_key),
            )
            assert reviewed.json()["review"] == "confirmed"
            assert client.get(flag["img_url"]).content == TWO_FACES
            wait_until(lambda: exam.erase(candidates[0].id).status_code == 200, "the person is erased")
            assert len(exam.get_flags().json()["flags"]) == 2
            stack.check()


def first_flag(exam: Exam) -> dict[str, str] | None:
    answer = exam.get_flags()
    return dict(answer.json()["flags"][0]) if answer.is_success else None
