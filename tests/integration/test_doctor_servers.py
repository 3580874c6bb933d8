"""`python -m api.ops.doctor` with broken Postgres and Redis servers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import Engine, create_engine, text

from api.ops.doctor.clocks import compare_clocks
from dev.stack.ports import free_port
from dev.stack.servers import postgres, valkey
from shared.db.connection import Part, connect
from shared.settings import Settings
from tests.support.doctor import DoctorReport
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


def test_unreachable_servers_are_broken() -> None:
    report = DoctorReport(
        {
            "DATABASE_URL": f"postgresql://proctor:hidden@127.0.0.1:{free_port()}/proctor",
            "REDIS_URL": f"redis://:hidden@127.0.0.1:{free_port()}/0",
            "EVIDENCE_PATH": "/dev/null/evidence",
        }
    )

    assert "DATABASE_URL" in report.remedy("broken", "Postgres can't be used: .*refused")
    assert "REDIS_URL" in report.remedy("broken", "Redis can't be used: .*refused")
    assert report.remedy("broken", "evidence can't be stored: EVIDENCE_PATH /dev/null/evidence")
    assert "hidden" not in report.text
    assert len(report.broken()) == 3  # without consequential errors


def test_missing_tables_and_missing_database_are_broken(
    environment: dict[str, str], database: Engine
) -> None:
    name = f"empty_{uuid4().hex}"
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    empty = environment["DATABASE_URL"].replace("/postgres?", f"/{name}?")

    assert "shared.db.migrate" in DoctorReport(environment | {"DATABASE_URL": empty}).remedy(
        "broken", "no tables yet"
    )

    nowhere = environment["DATABASE_URL"].replace("/postgres?", "/nowhere?")
    assert "create it" in DoctorReport(environment | {"DATABASE_URL": nowhere}).remedy(
        "broken", '"nowhere" does not'
    )


def test_more_connections_than_postgres_accepts_are_reported(
    environment: dict[str, str], settings: Settings
) -> None:
    default = DoctorReport(environment)
    large = connect(settings, pool_size=1_000, part=Part.GATEWAY)
    with large.connect():
        report = DoctorReport(environment)
    large.dispose()

    found = r"may open \d+ connections to Postgres, which accepts \d+: .*\b1 x 1000 \(gateway\)"
    assert "GATEWAY_POOL_SIZE" in report.remedy("warning", found)
    assert "may open" not in default.text


@pytest.mark.parametrize(
    ("revision", "found", "remedy"),
    [
        ("0001", "older version", "shared.db.migrate"),
        ("9999", "newer version", "run the same version"),
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

    assert remedy in DoctorReport(environment | {"DATABASE_URL": url}).remedy("broken", found)


def test_wrong_database_password_is_broken(directory: Path, lock: int, environment: dict[str, str]) -> None:
    path = directory / uuid4().hex[:8]
    path.mkdir()
    server = postgres(path / "postgres", path, path, lock)
    server.process.start()
    owner = create_engine(server.url.replace("postgresql://", "postgresql+psycopg2://"))
    with owner.begin() as connection:
        connection.execute(text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
        (path / "postgres" / "pg_hba.conf").write_text(
            "local all guarded scram-sha-256\nlocal all all trust\n"
        )
        connection.execute(text("SELECT pg_reload_conf()"))
    owner.dispose()
    guarded = server.url.replace("postgres@", "guarded:wrong@")

    report = wait_until(
        lambda: _asked_for_password(environment | {"DATABASE_URL": guarded}), "it asks for a password"
    )

    server.process.stop()
    assert "PGPASSWORD" in report.remedy("broken", "password authentication failed")
    assert "wrong" not in report.text


def _asked_for_password(environment: dict[str, str]) -> DoctorReport | None:
    report = DoctorReport(environment)
    return report if "password" in report.text else None


@pytest.fixture
def own_redis(tmp_path: Path, lock: int) -> Iterator[tuple[str, Redis]]:
    """A server to misconfigure: its URL and a client."""
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

    report = DoctorReport(environment | {"REDIS_URL": url})

    assert remedy in report.remedy(level, found)
    assert "hidden" not in report.text


@pytest.mark.parametrize(("seconds", "broken"), [(0, False), (3, False), (60, True), (-60, True)])
def test_clock_difference_is_broken(seconds: int, broken: bool) -> None:
    lines = list(compare_clocks("Redis", datetime.now(UTC) + timedelta(seconds=seconds)))

    assert bool(lines) is broken
    assert all("NTP" in line.remedy for line in lines)
