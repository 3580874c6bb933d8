"""Figures of Redis and Postgres under load."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from redis import Redis
from sqlalchemy import Connection, Engine, func, literal_column, select, text

from shared.db.tables import Evidence, Flag, Participant
from shared.jobs.model import JOB_COUNTS, OPEN_JOBS

SAMPLE = 200
"""The number of keys of each kind whose size is measured."""

TABLES = [table.__tablename__ for table in (Participant, Flag, Evidence)]


@dataclass(frozen=True, slots=True)
class RedisFigures:
    """Redis at one moment; memory in bytes."""

    counts: Counter[str]
    """How many jobs were accepted, done, failed and expired."""
    commands: int
    """Includes those inside scripts."""
    connections: int
    memory: int
    peak: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Keys with the same prefix: their number, and their mean size in bytes."""

    keys: int
    each: float


@dataclass(frozen=True, slots=True)
class PostgresFigures:
    """The database at one moment; sizes in bytes, those of rows without indexes."""

    connections: int
    size: int
    rows: dict[str, int]
    row_bytes: dict[str, float]


def read_redis(redis: Redis) -> RedisFigures:
    """The figures as they are now."""
    info = redis.info()
    return RedisFigures(
        counts=Counter({str(name): int(number) for name, number in redis.hgetall(JOB_COUNTS).items()}),
        commands=info["total_commands_processed"],
        connections=info["connected_clients"],
        memory=info["used_memory"],
        peak=info["used_memory_peak"],
    )


def open_jobs(redis: Redis) -> int:
    """Return the number of accepted frames that are not judged yet."""
    return redis.zcard(OPEN_JOBS)


def measure_keys(redis: Redis) -> dict[str, Kind]:
    """Return the kinds of keys by prefix."""
    found: dict[str, list[str]] = {}
    for key in map(str, redis.scan_iter(count=1_000)):
        found.setdefault(key.partition(":")[0], []).append(key)
    return {kind: Kind(len(keys), _mean_size(redis, keys[:SAMPLE])) for kind, keys in found.items()}


def _mean_size(redis: Redis, keys: Iterable[str]) -> float:
    # One may have expired since it was found.
    sizes = [size for key in keys if (size := redis.memory_usage(key, samples=0))]
    return sum(sizes) / len(sizes) if sizes else 0.0


def read_postgres(database: Engine) -> PostgresFigures:
    """The figures as they are now."""
    backends = select(func.count()).select_from(text("pg_stat_activity WHERE datname = current_database()"))
    with database.connect() as connection:
        rows = {
            table: connection.scalars(select(func.count()).select_from(text(table))).one() for table in TABLES
        }
        return PostgresFigures(
            connections=connection.scalars(backends).one(),
            size=connection.scalars(select(func.pg_database_size(func.current_database()))).one(),
            rows=rows,
            row_bytes={table: _bytes(connection, table) / max(count, 1) for table, count in rows.items()},
        )


def _bytes(connection: Connection, table: str) -> int:
    """Return the size of the rows.

    The table is larger until it is vacuumed: it also has deleted pictures. The index pages of a small
    table are mostly empty.
    """
    data = select(func.coalesce(func.sum(func.pg_column_size(literal_column(table))), 0)).select_from(
        text(table)
    )
    return int(connection.scalars(data).one())
