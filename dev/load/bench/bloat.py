"""Space that the outbox of evidence takes in Postgres, and its time, for three ways to keep it small."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
from psycopg2.extensions import cursor

from dev.load.bench.figure import Figure
from dev.stack.servers import postgres

PICTURE, THUMBNAIL = os.urandom(30_000), os.urandom(4_000)
EARLIER_FLAGS = 30_000
PICTURES = 2_000
PENDING = 40
BATCH = 10
NAPTIME_SECONDS = 2
"""In place of a minute: the run of half a minute then stands for a quarter of an hour."""

_TABLE = """
CREATE TABLE {name} (id bigserial PRIMARY KEY, status text DEFAULT 'pending', picture bytea, thumbnail bytea,
                     next_try_at timestamptz DEFAULT now(), created_at timestamptz DEFAULT now());
ALTER TABLE {name} ALTER picture SET STORAGE EXTERNAL, ALTER thumbnail SET STORAGE EXTERNAL;
CREATE INDEX ON {name} (next_try_at) WHERE status = 'pending';
CREATE INDEX ON {name} (created_at) WHERE status <> 'deleted'
"""
_VACUUM = "{}vacuum_scale_factor = 0, {}vacuum_threshold = 1000, {}vacuum_cost_delay = 0"
_SETTINGS = ", ".join(_VACUUM.replace("{}", prefix) for prefix in ("autovacuum_", "toast.autovacuum_"))


@dataclass(frozen=True, slots=True)
class Way:
    """Where pictures wait for their store."""

    name: str
    outbox: str
    """The table that has the picture until it is stored."""
    has_settings: bool


WAYS = (
    Way("default", "evidence", has_settings=False),
    Way("settings of the table", "evidence", has_settings=True),
    Way("separate outbox", "outbox", has_settings=True),
)


def measure(data: Path) -> Iterator[Figure]:
    """Measure each way after another, beside the thumbnails of earlier flags, which stay."""
    with _connect(data) as (postgres_process, sql):
        for way in WAYS:
            _create_tables(sql, way)
            size, seconds = _size(sql), _processor_seconds(postgres_process)
            for number in range(0, PICTURES, BATCH):
                _insert(sql, way)
                if number >= PENDING:
                    _store(sql, way)
            seconds = _processor_seconds(postgres_process) - seconds
            growth = _size(sql) - size - PICTURES * len(THUMBNAIL)
            yield Figure(
                f"outbox, {way.name}",
                growth / 1e6,
                f"beside {PICTURES} thumbnails, after {PICTURES * len(PICTURE) / 1e6:.0f} MB of pictures;"
                f" {seconds / PICTURES * 1e3:.2f} ms of processor time each",
                unit="MB",
            )


@contextmanager
def _connect(data: Path) -> Iterator[tuple[psutil.Process, cursor]]:
    (data / "lock").touch()
    with tempfile.TemporaryDirectory(prefix="proctor-bench-") as sockets, (data / "lock").open() as lock:
        server = postgres(data / "postgres", Path(sockets), data, lock.fileno())
        server.process.start()
        connection = psycopg2.connect(server.url)
        connection.autocommit = True
        with connection.cursor() as sql:
            sql.execute(f"ALTER SYSTEM SET autovacuum_naptime = {NAPTIME_SECONDS}")
            sql.execute("SELECT pg_reload_conf()")
            yield psutil.Process(server.process.pid), sql
        connection.close()
        server.process.stop()


def _create_tables(sql: cursor, way: Way) -> None:
    sql.execute("DROP TABLE IF EXISTS evidence, outbox")
    for name in ("evidence", "outbox"):
        sql.execute(_TABLE.format(name=name))
    if way.has_settings:
        sql.execute(f"ALTER TABLE {way.outbox} SET ({_SETTINGS})")
    earlier = "INSERT INTO evidence (status, thumbnail) SELECT 'stored', %s FROM generate_series(1, %s)"
    sql.execute(earlier, (THUMBNAIL, EARLIER_FLAGS))
    sql.execute("VACUUM ANALYZE evidence")
    sql.execute("CHECKPOINT")


def _insert(sql: cursor, way: Way) -> None:
    for _ in range(BATCH):
        if way.outbox == "evidence":
            row = (PICTURE, THUMBNAIL)
            sql.execute("INSERT INTO evidence (picture, thumbnail) VALUES (%s, %s)", row)
        else:
            sql.execute(
                "WITH flagged AS (INSERT INTO evidence (thumbnail) VALUES (%s) RETURNING id)"
                " INSERT INTO outbox (id, picture) SELECT id, %s FROM flagged",
                (THUMBNAIL, PICTURE),
            )


def _store(sql: cursor, way: Way) -> None:
    """Claim the oldest pictures and mark them as stored, as the evidence worker does."""
    sql.execute(
        f"UPDATE {way.outbox} SET next_try_at = now() + interval '2 minutes'"  # noqa: S608
        f" WHERE id IN (SELECT id FROM {way.outbox} WHERE status = 'pending' ORDER BY id LIMIT {BATCH})"
        " RETURNING id, picture"
    )
    ids = tuple(row[0] for row in sql.fetchall())
    sql.execute("UPDATE evidence SET status = 'stored', picture = NULL WHERE id IN %s", (ids,))
    if way.outbox != "evidence":
        sql.execute("DELETE FROM outbox WHERE id IN %s", (ids,))


def _size(sql: cursor) -> int:
    sql.execute("SELECT pg_total_relation_size('evidence') + pg_total_relation_size('outbox')")
    [(size,)] = sql.fetchall()
    return int(size)


def _processor_seconds(server: psutil.Process) -> float:
    """Return the time of all of Postgres's processes, also those that have ended."""
    alive = (process.cpu_times() for process in server.children())
    own = server.cpu_times()
    return sum(own[:4]) + sum(sum(times[:2]) for times in alive)
