"""Failover by Redis Sentinel: one primary, one replica, three Sentinels, all of them real."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
import redis.asyncio
from anyio.from_thread import start_blocking_portal
from redis import Redis

from api.redis import connect_redis as connect_gateway
from dev.stack.replicated import SERVICE, ReplicatedRedis, replicated_redis, wait_until_replicated
from dev.stack.servers import Server
from shared.queue import EVIDENCE, FRAMES, SWEEP_EVIDENCE, create_celery
from shared.settings import Settings
from tests.support.doctor import DoctorReport
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, assert_problem
from tests.support.stack_faults import run_stack
from tests.support.waiting import wait_until
from tests.support.watchdog import start_watchdog
from tests.support.ws_client import WsClient, authenticated_connection
from worker.runtime.redis import connect_redis

pytestmark = pytest.mark.slow

CANDIDATES = 5
TURNS = 400
"""More turns of the event loop than it takes to ask a Sentinel."""
POPS = 30
"""How often a pop of four seconds is repeated before the test has failed."""


@pytest.fixture
def replicated(tmp_path: Path, lock: int) -> Iterator[ReplicatedRedis]:
    redis = replicated_redis(tmp_path / "redis", tmp_path, lock)
    for process in redis.processes.values():
        process.start()
    wait_until(redis.can_fail_over, "the replica and all Sentinels know each other")
    yield redis
    for process in redis.processes.values():
        process.kill()


def get_primary(replicated: ReplicatedRedis) -> Server:
    return wait_until(lambda: replicated.primary, "the Sentinels name the same primary")


def wait_for_successor(replicated: ReplicatedRedis, previous: Server) -> None:
    wait_until(lambda: replicated.primary not in {None, previous}, "the replica has taken over")


def kill_primary(replicated: ReplicatedRedis) -> Server:
    """Kill the primary; return it when the replica has taken over."""
    killed = get_primary(replicated)
    os.kill(killed.process.pid, signal.SIGKILL)
    replicated.watch_primary(closely=True)
    wait_for_successor(replicated, killed)
    replicated.watch_primary(closely=False)
    return killed


def test_every_part_and_replicated_frame_outlives_failovers(replicated: ReplicatedRedis) -> None:
    with (
        run_stack(workers=1, REDIS_URL=replicated.url) as stack,
        httpx.Client(base_url=stack.url, timeout=60) as client,
    ):
        exam, frames = Exam.create(client), stack.processes["frames"]
        candidates = [exam.join() for _ in range(CANDIDATES)]
        with authenticated_connection(client, exam.id, candidates[0].token) as page:
            assert candidates[0].judge_frame(ONE_FACE)["verdict"] == "ok"

            frames.stop()
            accepted = [(candidate, candidate.submit_frame(ONE_FACE)) for candidate in candidates]
            first = get_primary(replicated)
            replicated.fail_over()
            wait_for_successor(replicated, first)
            frames.start()
            expect_verdicts(accepted)
            expect_everything_works(exam, candidates[0], page, replicated)
            wait_until(replicated.can_fail_over, "the first primary is a replica")

            frames.stop()
            accepted = [(candidate, candidate.submit_frame(ONE_FACE)) for candidate in candidates]
            wait_until_replicated(get_primary(replicated).url)
            kill_primary(replicated)
            frames.start()
            expect_verdicts(accepted)
            expect_everything_works(exam, candidates[0], page, replicated)
        stack.check()


def expect_verdicts(accepted: list[tuple[CandidateClient, str]]) -> None:
    for candidate, job_id in accepted:
        assert candidate.wait_for_job(job_id)["verdict"] == "ok"


def expect_everything_works(
    exam: Exam, candidate: CandidateClient, page: WsClient, replicated: ReplicatedRedis
) -> None:
    """Check verdicts, evidence, live messages and the scheduler."""
    wait_until(lambda: candidate.try_frame(ONE_FACE) == "ok", "a verdict")
    assert wait_until(lambda: candidate.try_frame(TWO_FACES), "a flag") == "multiple_faces"
    wait_until(exam.has_stored_evidence, "evidence is stored")
    exam.send_message("Ten minutes left.")
    assert page.receive("message")["text"] == "Ten minutes left."
    assert exam.client.get("/readyz").is_success
    with Redis.from_url(get_primary(replicated).url) as redis:
        redis.config_resetstat()
        wait_until(lambda: "cmdstat_lpush" in redis.info("commandstats"), "the scheduler sends")


def test_unreplicated_frame_is_unknown_after_failover(
    replicated: ReplicatedRedis, settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    gateway = other_gateway(Settings(**dict(settings) | {"redis_url": replicated.url}))
    candidate = Exam.create(gateway).join()
    replicated_frame = candidate.submit_frame(ONE_FACE)
    primary, replica = replicated.servers
    wait_until_replicated(primary.url)
    os.kill(replica.process.pid, signal.SIGSTOP)
    with Redis.from_url(primary.url) as redis:
        redis.client_kill_filter(_type="replica")
    lost_frame = wait_until(lambda: candidate.try_to_submit(ONE_FACE), "a second frame is accepted")

    os.kill(primary.process.pid, signal.SIGKILL)
    os.kill(replica.process.pid, signal.SIGCONT)
    replicated.watch_primary(closely=True)
    wait_for_successor(replicated, primary)

    wait_until(lambda: gateway.get("/readyz").is_success, "ready")
    assert candidate.get_job(replicated_frame).json()["status"] == "queued"
    assert_problem(candidate.get_job(lost_frame), 404)
    wait_until(lambda: candidate.try_to_submit(ONE_FACE), "frames are accepted")


def test_cancelled_command_leaves_no_connection_open(replicated: ReplicatedRedis) -> None:
    get_primary(replicated)
    ports = {server.port for server in replicated.servers} | {one.port for one in replicated.sentinels}

    with start_blocking_portal() as portal:
        portal.call(cancel_in_each_turn, replicated.url)
        left = [one for one in psutil.Process().net_connections() if one.raddr and one.raddr.port in ports]

    assert [one for one in left if one.status == psutil.CONN_ESTABLISHED] == []


async def cancel_in_each_turn(url: str) -> None:
    """Cancel a command after each number of turns of the event loop."""
    for turns in range(TURNS):
        async with connect_gateway(url) as redis:
            task = asyncio.create_task(ping(redis))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])


async def ping(redis: redis.asyncio.Redis) -> None:
    await redis.ping()


@pytest.mark.parametrize("part", ["worker", "gateway"])
def test_retried_command_is_sent_to_the_new_primary(
    part: str, replicated: ReplicatedRedis, settings: Settings
) -> None:
    first, second = replicated.servers
    with (
        Redis.from_url(first.url) as before,
        Redis.from_url(second.url) as after,
        ThreadPoolExecutor() as pool,
    ):
        url = Settings(**dict(settings) | {"redis_url": replicated.url})
        waiting = pool.submit(pop_as_worker if part == "worker" else pop_as_gateway, url)
        wait_until(lambda: before.info("clients")["blocked_clients"], "the command waits")
        after.replicaof("NO", "ONE")
        for sentinel in replicated.sentinels:
            with Redis(port=sentinel.port) as redis:
                redis.execute_command("SENTINEL REMOVE", SERVICE)
                redis.execute_command("SENTINEL MONITOR", SERVICE, "127.0.0.1", second.port, 2)

        before.client_kill_filter(_type="normal", skipme=True)

        wait_until(lambda: after.info("clients")["blocked_clients"], "the command waits at the new primary")
        after.lpush("list", "value")
        assert waiting.result() == (b"list", b"value")


def pop_as_worker(settings: Settings) -> object:
    with connect_redis(settings) as redis:
        return next((value for _ in range(POPS) if (value := redis.brpop("list", 4))), None)


def pop_as_gateway(settings: Settings) -> object:
    async def pop() -> object:
        async with connect_gateway(settings.own_shard.url) as redis:
            for _ in range(POPS):
                if value := await redis.brpop("list", 4):
                    return value
            return None

    with asyncio.Runner() as loop:
        return loop.run(pop())


def test_watchdog_outlives_a_failover(replicated: ReplicatedRedis, tmp_path: Path) -> None:
    worker = start_watchdog(replicated.url, tmp_path)
    with Redis.from_url(replicated.servers[0].url) as redis:
        wait_until(lambda: "cmdstat_llen" in redis.info("commandstats"), "the watchdog looks at the queue")
    kill_primary(replicated)
    assert worker.exit_code is None

    with Redis.from_url(get_primary(replicated).url) as redis:
        redis.lpush(EVIDENCE, "a message that nobody takes")
    wait_until(lambda: worker.exit_code == os.EX_SOFTWARE, "the watchdog ends the process")


def test_servers_and_sentinels_have_their_own_passwords(
    replicated: ReplicatedRedis, settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    with Redis.from_url(replicated.servers[0].url) as redis:
        redis.config_set("requirepass", "one")
    for sentinel in replicated.sentinels:
        with Redis(port=sentinel.port) as redis:
            redis.acl_setuser("default", enabled=True, passwords=["+other"])
    hosts = replicated.url.removeprefix("redis+sentinel://")
    url = f"redis+sentinel://:one@{hosts}?sentinel_password=other"
    with_passwords = Settings(**dict(settings) | {"redis_url": url})

    Exam.create(other_gateway(with_passwords)).join().submit_frame(ONE_FACE)
    with connect_redis(with_passwords) as redis:
        assert redis.llen(FRAMES) == 1
    with create_celery(with_passwords) as celery:
        celery.send_task(SWEEP_EVIDENCE)
        with connect_redis(with_passwords) as redis:
            assert redis.llen(EVIDENCE) == 1


def test_doctor_names_primary_and_replica(replicated: ReplicatedRedis, environment: dict[str, str]) -> None:
    primary, replica = replicated.servers
    environment["REDIS_URL"] = replicated.url

    report = DoctorReport(environment)

    assert report.remedy("ok", f"127.0.0.1:{primary.port} is the primary of proctor") == ""
    assert report.remedy("ok", f"connected replicas: 127.0.0.1:{replica.port}") == ""

    replica.process.stop()
    replicated.sentinels[0].process.stop()
    report = DoctorReport(environment)

    assert "start a replica" in report.remedy("warning", "no replica is connected")
    assert "REDIS_URL" in report.remedy("warning", f"Sentinel 127.0.0.1:{replicated.sentinels[0].port} can't")
    assert not [found for found in report.broken() if "Redis" in found]
