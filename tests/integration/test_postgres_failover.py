"""Recovery from silent connections to Postgres, as after a failover behind one host name.

New connections work: everything recovers within half a minute, and health checks answer meanwhile.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from api.ops.probes import PROBE_TIMEOUT_SECONDS
from dev.stack.stack import Stack
from shared.db.connection import TRANSIENT_ERRORS, connect
from shared.settings import Settings
from tests.conftest import SECRET
from tests.support.exam import TWO_FACES, Exam
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import wait_until

BACK_SECONDS = 90
"""Three times the promised time, for a busy machine; without our own timeouts it would be minutes."""
READY_SECONDS = 3


@pytest.fixture
def postgres_proxy(settings: Settings) -> Iterator[TcpProxy]:
    query = make_url(settings.database_url.get_secret_value()).query
    with TcpProxy(Path(f"{query['host']}/.s.PGSQL.{query['port']}")) as proxy:
        yield proxy


@pytest.fixture
def proxied_settings(settings: Settings, postgres_proxy: TcpProxy) -> Settings:
    url = f"postgresql://postgres@127.0.0.1:{postgres_proxy.port}/postgres"
    return Settings(**dict(settings) | {"database_url": url})


def test_gateway_recovers_from_silent_postgres_connections(
    postgres_proxy: TcpProxy, proxied_settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    gateway = other_gateway(proxied_settings)
    exam = Exam.create(gateway)
    with ThreadPoolExecutor(20) as pool:  # opens every connection of the pool
        assert {answer.status_code for answer in pool.map(lambda _: exam.get_flags(), range(100))} == {200}

        postgres_proxy.silence(new=True)
        pending = [pool.submit(exam.get_flags) for _ in range(45)]  # more than the gateway has threads
        ready = gateway.get("/readyz")
        assert (ready.status_code, ready.json()["postgres"]) == (200, "away")
        # The probe has its own timeout and does not queue behind the requests.
        assert PROBE_TIMEOUT_SECONDS < READY_SECONDS
        assert not all(answer.done() for answer in pending)
        assert 'proctor_server_up{server="postgres",shard=""} 0' in gateway.get("/metrics").text
        assert {answer.result().status_code for answer in pending} == {503}

        postgres_proxy.silence(new=False)
        wait_until(lambda: gateway.get("/readyz").json()["postgres"] == "ok", "it is back", BACK_SECONDS)
        wait_until(lambda: exam.get_flags().is_success, "answered from Postgres", BACK_SECONDS)
        assert {answer.status_code for answer in pool.map(lambda _: exam.get_flags(), range(20))} == {200}


def test_workers_recover_from_silent_postgres_connections(
    postgres_proxy: TcpProxy, proxied_settings: Settings
) -> None:
    url = proxied_settings.database_url.get_secret_value()
    environment = {**os.environ, "SECRET_KEY": SECRET, "DATABASE_URL": url, "MAX_WAIT_SECONDS": "100"}
    with (
        tempfile.TemporaryDirectory(prefix="proctor-tests-") as data,
        Stack(Path(data) / "data", workers=1, environment=environment) as stack,
        httpx.Client(base_url=stack.url, timeout=60) as client,
    ):
        exam = Exam.create(client)
        candidate = exam.join()
        assert wait_until(lambda: candidate.try_frame(TWO_FACES), "a flag") == "multiple_faces"
        wait_until(exam.has_stored_evidence, "evidence is stored")

        postgres_proxy.silence()

        assert wait_until(lambda: candidate.try_frame(TWO_FACES), "a flag", BACK_SECONDS) == "multiple_faces"
        wait_until(exam.has_stored_evidence, "evidence is stored", BACK_SECONDS)
        stack.check()


def test_silence_in_a_transaction_is_an_error(postgres_proxy: TcpProxy, proxied_settings: Settings) -> None:
    database = connect(proxied_settings, pool_size=1)
    with database.connect() as connection:
        connection.execute(text("SELECT 1"))
        postgres_proxy.silence()
        with pytest.raises(OperationalError, match="did not answer"):
            connection.execute(text("SELECT 1"))
    with database.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    database.dispose()


def test_silent_postgres_is_left_alone_for_the_pause(
    postgres_proxy: TcpProxy, proxied_settings: Settings
) -> None:
    """Otherwise a worker would wait five seconds for each flagged frame, also for those it has deferred."""
    database = connect(proxied_settings, pool_size=1, pause_seconds=3_600)
    postgres_proxy.silence(new=True)
    for _ in range(3):
        with pytest.raises(TRANSIENT_ERRORS, match="did not answer"):
            database.connect()
    assert postgres_proxy.accepted == 1
    database.dispose()


def test_silent_host_is_skipped_for_the_next(settings: Settings) -> None:
    query = make_url(settings.database_url.get_secret_value()).query
    with TcpProxy(Path(f"{query['host']}/.s.PGSQL.{query['port']}")) as silent:
        silent.silence(new=True)
        hosts = f"127.0.0.1:{silent.port},{query['host']}:{query['port']}".replace("/", "%2F")
        database = connect(Settings(database_url=f"postgresql://postgres@{hosts}/postgres"), pool_size=1)
        with database.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
        database.dispose()


def test_read_only_server_is_reconnected(settings: Settings) -> None:
    database = connect(settings, pool_size=1)
    with database.connect() as connection:
        before = connection.scalar(text("SELECT pg_backend_pid()"))
        connection.execute(text("SET TRANSACTION READ ONLY"))
        with pytest.raises(TRANSIENT_ERRORS):
            connection.execute(text("CREATE TABLE never (id int)"))
    with database.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != before
    database.dispose()
