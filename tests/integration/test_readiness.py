"""Many health checks at once are few queries to Postgres."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, make_url, text

from api.ops.probes import REUSE_SECONDS
from api.shards.shards import REFRESH_SECONDS
from shared.db.connection import connect
from shared.db.migrate import migrate
from shared.settings import Settings
from tests.support.waiting import wait_until

PROBES = 600
CLIENTS = 30
TRANSACTIONS_PER_QUERY = 2
"""The check of the pooled connection, and the query."""
OTHER_TRANSACTIONS = 40
"""To connect, for heartbeats, and for autovacuum. Without sharing, the probes alone need over 100."""
COUNTING_SECONDS = 2
"""Postgres counts the transactions of an idle session within a second."""


@pytest.fixture
def own_database(settings: Settings, database: Engine) -> Settings:
    """An empty database that only one gateway uses."""
    name = f"own_{uuid4().hex}"
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(settings.database_url.get_secret_value()).set(database=name)
    own = Settings(**dict(settings) | {"database_url": url.render_as_string(hide_password=False)})
    engine = connect(own, pool_size=1)
    migrate(engine)
    engine.dispose()
    wait_until(lambda: read_own(database, own, "numbackends") == 0, "the session has ended")
    return own


def read_own(database: Engine, settings: Settings, column: str) -> int:
    """Return what Postgres has counted of the database in `settings`."""
    name = make_url(settings.database_url.get_secret_value()).database
    query = text(f"SELECT {column} FROM pg_stat_database WHERE datname = :name")  # noqa: S608
    with database.connect() as connection:
        return int(connection.execute(query, {"name": name}).scalar_one())


def test_hundreds_of_probes_are_few_queries(
    database: Engine, own_database: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    before = read_own(database, own_database, "xact_commit + xact_rollback")
    started = time.monotonic()
    gateway = other_gateway(own_database)

    with ThreadPoolExecutor(CLIENTS) as pool:
        codes = list(pool.map(lambda _: gateway.get("/readyz").status_code, range(PROBES)))
    probes = (time.monotonic() - started) / REUSE_SECONDS + 1
    time.sleep(COUNTING_SECONDS)
    transactions = read_own(database, own_database, "xact_commit + xact_rollback") - before
    refreshes = (time.monotonic() - started) / REFRESH_SECONDS + 1

    assert set(codes) == {200}
    assert transactions > 0
    at_most = OTHER_TRANSACTIONS + TRANSACTIONS_PER_QUERY * (probes + refreshes)
    assert transactions <= at_most
