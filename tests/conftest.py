"""Fixtures for real servers, gateways, workers and whole stacks."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine

from dev.stack.servers import Server, postgres, valkey
from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.db.migrate import migrate
from shared.settings import Settings
from tests.support.exam import CandidateClient, Exam
from tests.support.gateway_process import run_gateway
from tests.support.gateway_thread import serve_gateway
from tests.support.metrics_worker import MetricsWorker
from worker.engines.engine import Detectors, load_detectors
from worker.frames.judging import Judging
from worker.frames.meeting_rules import MeetingRules
from worker.runtime.jobs import Jobs
from worker.runtime.redis import connect_redis

pytest_plugins = ["tests.support.distribution"]

SECRET = "a secret of the tests, 32 characters or more"


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(name.upper(), raising=False)
        yield


@pytest.fixture(scope="session")
def directory() -> Iterator[Path]:
    # Not pytest's directory, which is closed to the account under which root runs Postgres.
    with tempfile.TemporaryDirectory(prefix="proctor-tests-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def lock() -> Iterator[int]:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(scope="session")
def postgres_server(directory: Path, lock: int) -> Iterator[Server]:
    sockets = directory / "sockets"
    sockets.mkdir()
    server = postgres(directory / "postgres", sockets, directory, lock)
    server.process.start()
    yield server
    server.process.stop()


@pytest.fixture(scope="session")
def valkey_server(directory: Path, lock: int) -> Iterator[Server]:
    server = valkey(directory / "valkey", directory, lock)
    server.process.start()
    yield server
    server.process.stop()


@pytest.fixture(scope="session")
def settings(directory: Path, postgres_server: Server, valkey_server: Server) -> Settings:
    return Settings(
        database_url=postgres_server.url,
        redis_url=valkey_server.url,
        secret_key=SECRET,
        evidence_path=directory / "evidence",
        max_wait_seconds=100,  # no worker judges here, and admission control must still accept frames
    )


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Engine]:
    engine = connect(settings, pool_size=10)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    """A client of Redis, which is emptied before each test."""
    with Redis.from_url(settings.redis_url.get_secret_value()) as client:
        client.flushdb()
        yield client


@pytest.fixture(scope="session")
def _gateway(settings: Settings, database: Engine) -> Iterator[httpx.Client]:  # noqa: ARG001 - migrated first
    with serve_gateway(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture
def gateway(_gateway: httpx.Client, redis: Redis) -> httpx.Client:  # noqa: ARG001 - emptied first
    """A gateway without workers: what it accepts stays queued."""
    return _gateway


@pytest.fixture
def other_gateway(database: Engine, redis: Redis) -> Iterator[Callable[[Settings], httpx.Client]]:  # noqa: ARG001
    """Starts further gateways with other settings."""
    with ExitStack() as running:

        def start(settings: Settings) -> httpx.Client:
            url = running.enter_context(serve_gateway(settings))
            return running.enter_context(httpx.Client(base_url=url, timeout=60))

        yield start


@pytest.fixture(scope="session")
def _second_gateway(
    settings: Settings,
    database: Engine,  # noqa: ARG001 - migrated first
    directory: Path,
) -> Iterator[httpx.Client]:
    with run_gateway(settings, directory) as running:
        yield running.client


@pytest.fixture
def second_gateway(_second_gateway: httpx.Client, redis: Redis) -> httpx.Client:  # noqa: ARG001 - emptied first
    """Another gateway of the same system, in its own process."""
    return _second_gateway


@pytest.fixture
def exam(gateway: httpx.Client) -> Exam:
    return Exam.create(gateway)


@pytest.fixture
def candidate(exam: Exam) -> CandidateClient:
    return exam.join()


@pytest.fixture(scope="session")
def jobs(settings: Settings) -> Jobs:
    return Jobs(connect_redis(settings), settings.job_retention_seconds)


@pytest.fixture
def uploads() -> list[UUID]:
    """The ids of evidence that `judging` has sent to upload."""
    return []


@pytest.fixture(scope="session")
def detectors(settings: Settings) -> Detectors:
    return load_detectors(settings)


@pytest.fixture
def judging(
    settings: Settings, jobs: Jobs, database: Engine, uploads: list[UUID], detectors: Detectors
) -> Judging:
    """Judges frames as a worker does, called directly instead of by a queue."""
    return Judging(
        jobs=jobs,
        redis=connect_redis(settings),
        rules=MeetingRules(connect_redis(settings), database, settings.rules),
        database=database,
        detectors=detectors,
        max_pixels=settings.max_frame_pixels,
        send_upload=uploads.append,
    )


@pytest.fixture
def worker(settings: Settings, gateway: httpx.Client, tmp_path: Path) -> Iterator[MetricsWorker]:  # noqa: ARG001
    """A worker that takes each frame for one face, and serves `/metrics`."""
    running = MetricsWorker(settings, tmp_path, detector="simulated")
    running.process.start()
    yield running
    running.process.kill()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A whole stack of processes with the default settings."""
    with (
        tempfile.TemporaryDirectory(prefix="proctor-tests-") as data,
        Stack(Path(data) / "data", workers=1, environment=os.environ | {"SECRET_KEY": SECRET}) as running,
    ):
        yield running


@pytest.fixture
def stack_client(stack: Stack) -> Iterator[httpx.Client]:
    stack.check()
    with httpx.Client(base_url=stack.url, timeout=60) as client:
        yield client
