"""A whole system with two Redis servers: what happens to one leaves the other's meetings alone."""

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from redis import Redis

from api.shards.__main__ import CommandError, ShardCommands
from dev.stack.processes import Process
from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.db.shards import find_meetings_shard
from shared.jobs.model import JOB_COUNTS
from shared.settings import Settings
from shared.shards import parse_shards
from tests.conftest import SECRET
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_unavailable
from tests.support.scrape import scrape
from tests.support.waiting import wait_until
from tests.support.ws_client import authenticated_connection

pytestmark = pytest.mark.slow

ENVIRONMENT = {"SECRET_KEY": SECRET, "DETECTOR": "simulated", "MAX_WAIT_SECONDS": "100"}
ONE, TWO = "shard1", "shard2"


@pytest.fixture(scope="module")
def two_shards() -> Iterator[Stack]:
    with (
        tempfile.TemporaryDirectory(prefix="proctor-tests-") as data,
        Stack(Path(data) / "data", workers=1, shards=2, environment=os.environ | ENVIRONMENT) as stack,
    ):
        yield stack


@pytest.fixture
def client(two_shards: Stack) -> Iterator[httpx.Client]:
    two_shards.check()
    with httpx.Client(base_url=two_shards.url, timeout=60) as client:
        wait_until(lambda: "shards_away" not in client.get("/readyz").json(), "all shards answer")
        yield client


@pytest.fixture
def settings_of_stack(two_shards: Stack) -> Settings:
    return Settings(database_url=two_shards.database_url, redis_url=two_shards.redis_url)


@pytest.fixture
def candidates(client: httpx.Client, settings_of_stack: Settings) -> dict[str, CandidateClient]:
    """A candidate on each shard."""
    database = connect(settings_of_stack, pool_size=1)
    found: dict[str, CandidateClient] = {}
    while len(found) < 2:
        exam = Exam.create(client)
        found[find_meetings_shard(database, UUID(exam.id)) or ""] = exam.join()
    database.dispose()
    return found


@contextmanager
def frozen(process: Process) -> Iterator[None]:
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


def test_killed_shard_leaves_the_others_meetings_alone(
    two_shards: Stack, client: httpx.Client, candidates: dict[str, CandidateClient]
) -> None:
    redis = two_shards.processes["valkey-2"]
    redis.kill()

    assert_unavailable(candidates[TWO].post_frame(ONE_FACE))
    assert candidates[ONE].judge_frame(ONE_FACE)["status"] == "done"
    wait_until(lambda: client.get("/readyz").json().get("shards_away") == [TWO], "it is reported")
    assert client.get("/readyz").is_success
    up = scrape(f"{two_shards.url}/metrics")
    assert up[f'proctor_server_up{{server="redis",shard="{ONE}"}}'] == 1
    assert up[f'proctor_server_up{{server="redis",shard="{TWO}"}}'] == 0
    new = Exam.create(client).join()
    assert new.judge_frame(ONE_FACE)["status"] == "done"

    redis.start()
    wait_until(lambda: candidates[TWO].try_frame(ONE_FACE) == "ok", "its meetings go on")


def test_frozen_shard_leaves_the_others_meetings_alone(
    two_shards: Stack, client: httpx.Client, candidates: dict[str, CandidateClient]
) -> None:
    with ThreadPoolExecutor() as pool, frozen(two_shards.processes["valkey-2"]):
        for _ in range(5):
            pool.submit(candidates[TWO].post_frame, ONE_FACE)
        assert candidates[ONE].judge_frame(ONE_FACE)["status"] == "done"
        wait_until(lambda: client.get("/readyz").json().get("shards_away") == [TWO], "it is reported")
        new = Exam.create(client).join()
        assert new.judge_frame(ONE_FACE)["status"] == "done"
        wait_until(
            lambda: candidates[TWO].post_frame(ONE_FACE).status_code == 503, "its meetings are refused"
        )
    wait_until(lambda: candidates[TWO].try_frame(ONE_FACE) == "ok", "its meetings go on")


def test_shard_restarted_empty_goes_on(two_shards: Stack, candidates: dict[str, CandidateClient]) -> None:
    [_, second] = parse_shards(two_shards.redis_url)
    assert candidates[TWO].judge_frame(ONE_FACE)["status"] == "done"
    with Redis.from_url(second.url) as redis:
        redis.flushall()
    two_shards.processes["valkey-2"].restart()

    wait_until(lambda: candidates[TWO].try_frame(ONE_FACE) == "ok", "its meetings go on")
    assert candidates[ONE].judge_frame(ONE_FACE)["status"] == "done"


def test_message_arrives_on_every_shard(client: httpx.Client) -> None:
    for _ in range(2):
        exam = Exam.create(client)
        candidate = exam.join()
        with authenticated_connection(client, exam.id, candidate.token) as page:
            assert exam.send_message("Please look at your screen.").is_success
            assert page.receive("message")["text"] == "Please look at your screen."


def test_draining_loses_no_frame(
    two_shards: Stack, client: httpx.Client, settings_of_stack: Settings
) -> None:
    """Candidates send frames while their shard drains; each accepted frame gets its verdict."""
    database = connect(settings_of_stack, pool_size=2)
    commands = ShardCommands(settings_of_stack, database)
    exams = [Exam.create(client) for _ in range(6)]
    stop = threading.Event()
    accepted: list[tuple[CandidateClient, str]] = []
    with ThreadPoolExecutor() as pool:
        senders = [pool.submit(send_frames, exam.join(), stop, accepted) for exam in exams]
        for _ in range(10):
            try:
                commands.drain(ONE)
            except CommandError:
                wait_for_more(accepted)
        stop.set()
        for sender in senders:
            sender.result()

    assert {candidate.wait_for_job(job_id)["status"] for candidate, job_id in accepted} == {"done"}
    counts = [read_counts(shard.url) for shard in parse_shards(two_shards.redis_url)]
    assert all(count["accepted"] == count["done"] for count in counts if count)
    commands.reopen(ONE)
    database.dispose()


def send_frames(
    candidate: CandidateClient, stop: threading.Event, accepted: list[tuple[CandidateClient, str]]
) -> None:
    while not stop.wait(0.5):
        response = candidate.post_frame(ONE_FACE)
        if response.status_code == 202:
            accepted.append((candidate, response.json()["job_id"]))


def wait_for_more(accepted: list[tuple[CandidateClient, str]]) -> None:
    enough = len(accepted) + 6
    wait_until(lambda: len(accepted) >= enough, "frames are accepted")


def read_counts(url: str) -> dict[str, int]:
    with Redis.from_url(url, decode_responses=True) as redis:
        return {name: int(count) for name, count in redis.hgetall(JOB_COUNTS).items()}
