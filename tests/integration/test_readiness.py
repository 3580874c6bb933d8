"""Many health checks at once are few queries to Postgres."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, make_url, text

from api.ops.probes import REUSE_SECONDS
from shared.settings import Settings
from tests.support.waiting import wait_until

PROBES = 600
CLIENTS = 30
TRANSACTIONS_PER_QUERY = 2
"""The check of the pooled connection, and the query."""
TRANSACTIONS_TO_CONNECT = 4


@pytest.fixture
def own_database(settings: Settings, database: Engine) -> Settings:
    """A database without tables that only one gateway uses."""
    name = f"own_{uuid4().hex}"
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(settings.database_url.get_secret_value()).set(database=name)
    return Settings(**dict(settings) | {"database_url": url.render_as_string(hide_password=False)})


def count_transactions(database: Engine, settings: Settings) -> int:
    name = make_url(settings.database_url.get_secret_value()).database
    query = text("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = :name")
    with database.connect() as connection:
        return int(connection.execute(query, {"name": name}).scalar_one())


def test_hundreds_of_probes_are_few_queries(
    database: Engine, own_database: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    gateway = other_gateway(own_database)
    started = time.monotonic()

    with ThreadPoolExecutor(CLIENTS) as pool:
        codes = list(pool.map(lambda _: gateway.get("/readyz").status_code, range(PROBES)))

    queries = (time.monotonic() - started) / REUSE_SECONDS + 1
    assert set(codes) == {200}
    # Postgres counts the transactions of a session with a delay, at most a second after the last one.
    wait_until(lambda: count_transactions(database, own_database), "transactions are counted")
    time.sleep(2)
    at_most = TRANSACTIONS_TO_CONNECT + TRANSACTIONS_PER_QUERY * queries
    assert count_transactions(database, own_database) <= at_most
