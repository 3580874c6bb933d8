"""Unusable databases are refused with one sentence of advice; unusual but usable ones work."""

import os
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import URL, Engine, make_url, text

from shared.db.connection import connect
from shared.db.migrate import main, migrate
from shared.db.tables import Table
from shared.settings import Settings
from tests.support.exam import Exam


@pytest.fixture
def administrate(database: Engine) -> Callable[[str], None]:
    def run(statement: str) -> None:
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))

    return run


@pytest.fixture
def own(settings: Settings, administrate: Callable[[str], None]) -> URL:
    """The URL of an empty database."""
    name = f"own_{uuid4().hex}"
    administrate(f"CREATE DATABASE {name}")
    return make_url(settings.database_url.get_secret_value()).set(database=name)


def to_libpq(url: URL) -> str:
    return url.render_as_string(hide_password=False).replace("+", "%20")  # the spelling libpq expects


def run_program(program: str, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *program.split()],
        env=os.environ | {"DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_refused_in_one_sentence(url: str, *words: str) -> None:
    """Run the program in this process: another would take a second to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        with pytest.raises(SystemExit) as refused:
            main()
    [sentence] = str(refused.value.code).splitlines()
    for word in words:
        assert word in sentence


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_database_without_utf8_is_refused(
    own: URL, administrate: Callable[[str], None], encoding: str
) -> None:
    name = f"narrow_{uuid4().hex}"
    administrate(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    url = to_libpq(own.set(database=name))

    assert_refused_in_one_sentence(url, encoding, "ENCODING 'UTF8'")

    doctor = run_program("api.ops.doctor", url).stdout
    assert f"broken   the database's encoding is {encoding}" in doctor
    assert "ENCODING 'UTF8'" in doctor


def test_schema_without_create_right_is_one_sentence(own: URL, administrate: Callable[[str], None]) -> None:
    user = f"user_{uuid4().hex}"
    administrate(f"CREATE ROLE {user} LOGIN")

    assert_refused_in_one_sentence(
        to_libpq(own.set(username=user)), f"GRANT CREATE ON SCHEMA public TO {user}", "search_path"
    )


def test_missing_schema_is_one_sentence(own: URL) -> None:
    url = own.update_query_dict({"options": "-csearch_path=nowhere"})

    assert_refused_in_one_sentence(to_libpq(url), "search_path")


@pytest.mark.parametrize("end", ["?ssl=", "'"])
def test_unreadable_url_is_one_sentence(end: str) -> None:
    assert_refused_in_one_sentence(f"postgresql://postgres@localhost/exam{end}", "DATABASE_URL")


@pytest.mark.parametrize(
    "entry",
    [
        "api.server.__main__ --port 0",
        "celery -A worker.frames worker",
        "celery -A worker.evidence worker",
        "celery -A worker.evidence beat",
        "worker.runtime.liveness",
    ],
)
def test_entry_points_name_a_bad_setting_without_traceback(entry: str) -> None:
    started = run_program(entry, "'postgresql://postgres@localhost/exam'")

    assert started.returncode == 1
    assert started.stderr.strip() == "DATABASE_URL: remove the quotes around it"


def test_second_host_is_tried_after_the_first(own: URL) -> None:
    host, port = own.query["host"], own.query["port"]
    url = f"postgresql://postgres@127.0.0.1:1,{quote(str(host), safe='')}:{port}/{own.database}"

    assert run_program("shared.db.migrate", url).returncode == 0


def test_options_in_the_url_are_kept(
    own: URL, other_gateway: Callable[[Settings], httpx.Client], settings: Settings
) -> None:
    bare = connect(Settings(database_url=to_libpq(own)), pool_size=1)
    with bare.begin() as connection:
        connection.execute(text("CREATE SCHEMA exam"))
    url = own.update_query_dict({"options": "-csearch_path=exam -cstatement_timeout=7s"})
    database = connect(Settings(database_url=to_libpq(url)), pool_size=1)

    migrate(database)

    gateway = other_gateway(Settings(**dict(settings) | {"database_url": to_libpq(url)}))
    assert Exam.create(gateway).join("Zoë")
    with database.connect() as connection:
        assert connection.scalar(text("SELECT name FROM exam.participants")) == "Zoë"
        assert connection.scalar(text("SHOW statement_timeout")) == "7s"
    with bare.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "10s"
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        assert set(tables) & set(Table.metadata.tables) == set()
    database.dispose()
    bare.dispose()
