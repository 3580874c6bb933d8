"""A gateway stops by itself, whatever its connections to Redis are doing."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from redis.asyncio import Redis
from sqlalchemy import Engine

from api.redis import connect_redis
from dev.stack.ports import free_port
from dev.stack.processes import Process
from dev.stack.servers import Server, valkey
from shared.settings import Settings
from tests.support.readiness import is_ready
from tests.support.waiting import wait_until

TURNS = 30
"""More turns of the event loop than a command takes, with connecting."""
CANCEL_SECONDS = 10
"""Far longer than the end of a cancelled task takes; one that lost its cancellation goes on for ever."""


@pytest.fixture
def server(tmp_path: Path, lock: int) -> Iterator[Server]:
    """A Redis that the test may freeze."""
    server = valkey(tmp_path / "valkey", tmp_path, lock)
    server.process.start()
    yield server
    server.process.kill()


def test_gateway_stops_while_redis_is_frozen(
    server: Server,
    settings: Settings,
    database: Engine,  # noqa: ARG001 - migrated
    tmp_path: Path,
) -> None:
    port = free_port()
    environment = {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": server.url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
    }
    gateway = Process(
        "gateway",
        [sys.executable, "-m", "api.server", "--port", str(port), "--workers", "1"],
        log=tmp_path / "gateway.log",
        environment=os.environ | environment,
        answers=lambda: is_ready(f"http://127.0.0.1:{port}"),
    )
    gateway.start()
    os.kill(server.process.pid, signal.SIGSTOP)
    wait_until(lambda: "is not available" in gateway.log.read_text(), "the gateway has noticed")

    gateway.stop()

    assert gateway.exit_code == -signal.SIGTERM  # it was not killed after its grace period


def test_cancelled_command_ends_its_task(settings: Settings) -> None:
    with start_blocking_portal() as portal:
        assert portal.call(cancel_in_each_turn, settings) == []


async def cancel_in_each_turn(settings: Settings) -> list[int]:
    """Cancel a task after each number of turns of the event loop; return those after which it goes on."""
    lost = []
    for turns in range(TURNS):
        async with connect_redis(settings.own_shard.url) as redis:
            stopped = asyncio.Event()
            task = asyncio.create_task(ping_until(stopped, redis))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            _, running = await asyncio.wait([task], timeout=CANCEL_SECONDS)
            if running:
                lost.append(turns)
                stopped.set()
                await task
    return lost


async def ping_until(stopped: asyncio.Event, redis: Redis) -> None:
    while not stopped.is_set():
        await redis.ping()
