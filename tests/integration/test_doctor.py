"""`python -m api.ops.doctor`, before servers that are really broken."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from moto.server import ThreadedMotoServer
from redis import Redis
from sqlalchemy import Engine, create_engine, text

from api.ops.doctor.__main__ import main
from api.ops.doctor.clocks import compare_clocks
from dev.stack.ports import free_port
from dev.stack.processes import ROOT
from dev.stack.servers import postgres, valkey
from dev.stack.stack import Stack
from dev.vendors.imgur import FakeImgur
from shared.db.evidence import claim_upload, mark_failed, mark_stored
from shared.settings import Settings, StoreName
from shared.stores.store import Stored
from tests.conftest import SECRET
from tests.support.samples import record_pending_evidence
from tests.support.vendors.dyte import API_KEY, DYTE_PATH, ORG_ID, FakeDyte
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

PICTURE_TAKEN = datetime(2026, 1, 1, tzinfo=UTC)


class _Log(logging.Handler):
    """Everything that would be printed on standard error."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class Said:
    """What the doctor said."""

    def __init__(self, environment: Mapping[str, str], run: "Run | None" = None) -> None:
        variables = {"PATH": os.environ["PATH"], "SECRET_KEY": SECRET, **environment}
        exit_code, self.text = (run or _run_in_thread)(variables)
        self.lines = re.findall(r"^(ok|warning|broken) +(.+)(?:\n +→ (.+))?$", self.text, re.MULTILINE)
        broken = [found for level, found, _ in self.lines if level == "broken"]
        assert exit_code == bool(broken)
        assert all(remedy for level, _, remedy in self.lines if level != "ok")

    def remedy(self, level: str, found: str) -> str:
        """What it says to do about the one line that matches."""
        [line] = [line for line in self.lines if line[0] == level and re.search(found, line[1])]
        return str(line[2])

    def broken(self) -> list[str]:
        """What is broken."""
        return [found for level, found, _ in self.lines if level == "broken"]


Run = Callable[[dict[str, str]], tuple[int, str]]
"""Runs the doctor with these variables; returns its exit code and what it said."""


def _run_in_thread(variables: dict[str, str]) -> tuple[int, str]:
    """A process for each of these tests takes two seconds to start."""
    output, log = StringIO(), _Log(logging.WARNING)
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as thread, redirect_stdout(output):
        patch.setattr(os, "environ", variables)
        logging.getLogger().addHandler(log)
        exit_code = thread.submit(main, ["--patience", "1"]).result()
        logging.getLogger().removeHandler(log)
    assert log.records == []
    return exit_code, output.getvalue()


def _run_in_process(variables: dict[str, str]) -> tuple[int, str]:
    """As it is run; and obstore reads the process's own environment."""
    command = [sys.executable, "-m", "api.ops.doctor", "--patience", "1"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def environment(settings: Settings, database: Engine, redis: Redis) -> dict[str, str]:  # noqa: ARG001
    """Of servers that are in order."""
    return {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "EVIDENCE_PATH": str(settings.evidence_path),
    }


def test_working_stack_has_no_findings(stack: Stack) -> None:
    stack.check()

    done = subprocess.run(
        [sys.executable, "-m", "dev", "doctor"],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    for line in (
        "ok       Postgres 18",
        "ok       its tables are those of this version",
        "ok       Redis answers (valkey",
        "ok       evidence can be kept (local)",
        "ok       a trial frame was judged, by dlib-guided",
        "ok       an evidence worker takes what is sent to it",
    ):
        assert line in done.stdout
    assert "broken" not in done.stdout


def test_invalid_settings_are_named() -> None:
    said = Said({"SECRET_KEY": "short", "MAX_BACKLOG": "none"})

    assert [line.split(":")[0] for line in said.broken()] == ["SECRET_KEY", "MAX_BACKLOG"]


def test_guessable_secrets_are_broken(environment: dict[str, str]) -> None:
    guessable = {"SECRET_KEY": "0" * 32, "OPERATOR_KEY": "letmein"}

    said = Said(environment | guessable)

    assert "openssl rand" in said.remedy("broken", "SECRET_KEY can be guessed")
    assert "openssl rand" in said.remedy("broken", "OPERATOR_KEY can be guessed")
    assert "letmein" not in said.text


def test_public_url_without_tls_is_broken(environment: dict[str, str]) -> None:
    key = "a7f3c91e5b2d8046" * 2
    production = {"ENVIRONMENT": "production", "SECRET_KEY": key, "OPERATOR_KEY": key}

    said = Said(environment | production | {"PUBLIC_URL": "http://exam.example"})

    assert "TLS" in said.remedy("broken", "PUBLIC_URL is http://exam.example")


def test_unreachable_servers_are_broken() -> None:
    said = Said(
        {
            "DATABASE_URL": f"postgresql://proctor:hidden@127.0.0.1:{free_port()}/proctor",
            "REDIS_URL": f"redis://:hidden@127.0.0.1:{free_port()}/0",
            "EVIDENCE_PATH": "/dev/null/evidence",
        }
    )

    assert "DATABASE_URL" in said.remedy("broken", "Postgres can't be used: .*refused")
    assert "REDIS_URL" in said.remedy("broken", "Redis can't be used: .*refused")
    assert said.remedy("broken", "evidence can't be kept: EVIDENCE_PATH /dev/null/evidence")
    assert "hidden" not in said.text
    assert len(said.broken()) == 3  # and not what follows from these


# -- Postgres


def test_missing_tables_and_missing_database_are_broken(
    environment: dict[str, str], database: Engine
) -> None:
    name = f"empty_{uuid4().hex}"
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    empty = environment["DATABASE_URL"].replace("/postgres?", f"/{name}?")

    assert "shared.db.migrate" in Said(environment | {"DATABASE_URL": empty}).remedy(
        "broken", "no tables yet"
    )

    nowhere = environment["DATABASE_URL"].replace("/postgres?", "/nowhere?")
    assert "create it" in Said(environment | {"DATABASE_URL": nowhere}).remedy("broken", '"nowhere" does not')


@pytest.mark.parametrize(
    ("revision", "found", "remedy"),
    [
        ("0001", "older version", "shared.db.migrate"),
        ("9999", "newer version", "run the version"),
    ],
)
def test_tables_of_another_version_are_broken(
    environment: dict[str, str], database: Engine, revision: str, found: str, remedy: str
) -> None:
    name = f"other_{uuid4().hex}"
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = environment["DATABASE_URL"].replace("/postgres?", f"/{name}?")
    other = create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})
    other.dispose()

    assert remedy in Said(environment | {"DATABASE_URL": url}).remedy("broken", found)


def test_wrong_database_password_is_broken(directory: Path, lock: int, environment: dict[str, str]) -> None:
    place = directory / uuid4().hex[:8]
    place.mkdir()
    server = postgres(place / "postgres", place, place, lock)
    server.process.start()
    owner = create_engine(server.url.replace("postgresql://", "postgresql+psycopg2://"))
    with owner.begin() as connection:
        connection.execute(text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
        (place / "postgres" / "pg_hba.conf").write_text(
            "local all guarded scram-sha-256\nlocal all all trust\n"
        )
        connection.execute(text("SELECT pg_reload_conf()"))
    owner.dispose()
    guarded = server.url.replace("postgres@", "guarded:wrong@")

    said = wait_until(
        lambda: _asked_for_password(environment | {"DATABASE_URL": guarded}), "it asks for a password"
    )

    server.process.stop()
    assert "PGPASSWORD" in said.remedy("broken", "password authentication failed")
    assert "wrong" not in said.text


def _asked_for_password(environment: dict[str, str]) -> Said | None:
    said = Said(environment)
    return said if "password" in said.text else None


# -- Redis


@pytest.fixture
def own_redis(tmp_path: Path, lock: int) -> Iterator[tuple[str, Redis]]:
    """One to be misconfigured, and its address."""
    server = valkey(tmp_path / "valkey", tmp_path, lock)
    server.process.start()
    with Redis.from_url(server.url) as redis:
        yield server.url, redis
    server.process.stop()


@pytest.mark.parametrize(
    ("option", "value", "level", "found", "remedy"),
    [
        ("appendonly", "no", "broken", "append-only file is off", "appendonly yes"),
        ("maxmemory-policy", "allkeys-lru", "broken", "policy is allkeys-lru", "noeviction"),
        ("maxmemory", "100mb", "warning", "maxmemory is 100 MB", "raise maxmemory"),
        ("requirepass", "hidden", "broken", "Redis refuses", "REDIS_URL"),
    ],
)
def test_misconfigured_redis_is_reported(
    environment: dict[str, str],
    own_redis: tuple[str, Redis],
    option: str,
    value: str,
    level: str,
    found: str,
    remedy: str,
) -> None:
    url, redis = own_redis
    redis.config_set(option, value)

    said = Said(environment | {"REDIS_URL": url})

    assert remedy in said.remedy(level, found)
    assert "hidden" not in said.text


# -- evidence


def test_missing_bucket_is_broken(environment: dict[str, str]) -> None:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    s3 = {
        "EVIDENCE_STORE": "s3",
        "EVIDENCE_S3_BUCKET": "of-nobody",
        "EVIDENCE_S3_ENDPOINT": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "hidden",
    }

    said = Said(environment | s3, _run_in_process)
    httpx.put(f"http://{host}:{port}/of-nobody", timeout=60).raise_for_status()
    then = Said(environment | s3, _run_in_process)

    server.stop()
    assert said.remedy("broken", "evidence can't be kept: S3 bucket of-nobody failed")
    assert "hidden" not in said.text
    assert "ok       evidence can be kept (s3)" in then.text


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="needs a directory that not even root can write to")
def test_read_only_evidence_path_is_ok_for_a_gateway(environment: dict[str, str]) -> None:
    said = Said(environment | {"EVIDENCE_PATH": "/sys"})

    assert "ok       EVIDENCE_PATH /sys can be read here" in said.text


def test_imgur_gets_a_warning_and_is_probed(environment: dict[str, str]) -> None:
    with FakeImgur() as imgur:
        answers = Said(environment | {"IMGUR_CLIENT_ID": "any", "IMGUR_API_URL": imgur.url})
    away = Said(environment | {"IMGUR_CLIENT_ID": "any", "IMGUR_API_URL": imgur.url})

    assert "local or s3" in answers.remedy("warning", "without any check")
    assert "Imgur answers" in answers.text
    assert "IMGUR_API_URL" in away.remedy("broken", "Imgur does not answer")


def test_unshared_evidence_directory_is_broken(
    environment: dict[str, str], database: Engine, tmp_path: Path
) -> None:
    evidence_id = record_pending_evidence(database, PICTURE_TAKEN)
    assert mark_stored(database, evidence_id, StoreName.LOCAL, Stored(f"{evidence_id}.jpg", None))

    said = Said(environment | {"EVIDENCE_PATH": str(tmp_path)})

    assert "share one directory" in said.remedy("broken", "the newest picture is not in EVIDENCE_PATH")


def test_old_pending_evidence_is_broken_with_its_error(environment: dict[str, str], database: Engine) -> None:
    upload = claim_upload(database, record_pending_evidence(database, PICTURE_TAKEN))
    assert upload
    mark_failed(database, upload, "the disk is full", None)
    with database.begin() as connection:
        old = {"it": upload.id, "then": datetime.now(UTC) - timedelta(days=400)}
        connection.execute(text("UPDATE evidence SET created_at = :then WHERE id = :it"), old)

    said = Said(environment)

    assert said.remedy("broken", "pictures wait for their store") == (
        "set right what the store said: the disk is full"
    )
    with database.begin() as connection:
        connection.execute(text("DELETE FROM evidence WHERE id = :it"), {"it": upload.id})


# -- the rest


def test_video_vendor_problems_are_reported(environment: dict[str, str]) -> None:
    with FakeDyte() as dyte:
        vendor = {
            "VIDEO_PROVIDER": "dyte",
            "DYTE_ORG_ID": ORG_ID,
            "DYTE_API_KEY": API_KEY,
            "DYTE_API_URL": dyte.url + DYTE_PATH,
        }
        assert "ok       dyte knows us and has the presets" in Said(environment | vendor).text
        lacking = Said(environment | vendor | {"VIDEO_PRESET_ADMIN": "nobody"})
        assert lacking.remedy("broken", "VIDEO_PRESET_ADMIN=nobody is no preset of dyte")
        refused = Said(environment | vendor | {"DYTE_API_KEY": "wrong"})
        assert refused.remedy("broken", "the video vendor")
    away = Said(environment | vendor)
    assert away.remedy("warning", "the video vendor is away")


def test_missing_workers_are_broken(environment: dict[str, str]) -> None:
    said = Said(environment)

    assert "worker.frames" in said.remedy("broken", "no worker judged a trial frame within 1 s")
    assert "worker.evidence" in said.remedy("broken", "no evidence worker took anything for 1 s")


@pytest.mark.parametrize(("seconds", "broken"), [(0, False), (3, False), (60, True), (-60, True)])
def test_clock_difference_is_broken(seconds: int, broken: bool) -> None:
    lines = list(compare_clocks("Redis", datetime.now(UTC) + timedelta(seconds=seconds)))

    assert bool(lines) is broken
    assert all("NTP" in line.remedy for line in lines)
