"""Which X-Forwarded-For headers the gateway trusts, started as in production."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine

from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.settings import Settings

LIMIT = 2

Start = Callable[..., httpx.Client]


@pytest.fixture
def start(settings: Settings, database: Engine, redis: Redis, tmp_path: Path) -> Iterator[Start]:  # noqa: ARG001
    """Starts `python -m api.server` with extra environment variables."""
    with ExitStack() as running:

        def start(**variables: str) -> httpx.Client:
            port = free_port()
            environment = os.environ | {
                "DATABASE_URL": settings.database_url.get_secret_value(),
                "REDIS_URL": settings.redis_url.get_secret_value(),
                "MEETINGS_PER_HOUR": str(LIMIT),
            }
            client = running.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30))

            def answers() -> bool:
                try:
                    return client.get("/healthz").is_success
                except httpx.TransportError:
                    return False

            address = ("--host", "127.0.0.1", "--port", str(port), "--workers", "1")
            command = [sys.executable, "-m", "api.server", *address]
            log = tmp_path / f"{port}.log"
            process = Process(
                "gateway", command, log=log, environment=environment | variables, answers=answers
            )
            process.start()
            running.callback(process.stop)
            return client

        yield start


def statuses(client: httpx.Client, *addresses: str) -> set[int]:
    """Return the statuses for clients with these forwarded addresses. (A window may end meanwhile.)"""
    return {
        client.post(
            "/meetings", json={"title": "Algebra I"}, headers={"X-Forwarded-For": address}
        ).status_code
        for address in addresses
    }


def test_forwarded_for_is_ignored_without_proxies(start: Start) -> None:
    assert 429 in statuses(start(), *(f"203.0.113.{number}" for number in range(2 * LIMIT + 1)))


@pytest.mark.parametrize("proxies", ["127.0.0.1", " ::1/128, 127.0.0.0/8\n"])
def test_forwarded_for_of_a_trusted_proxy_is_used(start: Start, proxies: str) -> None:
    client = start(TRUSTED_PROXIES=proxies)

    assert statuses(client, *(f"203.0.113.{number}" for number in range(2 * LIMIT + 1))) == {201}


def test_trusted_ipv6_proxy_in_the_chain_is_skipped(start: Start) -> None:
    client = start(TRUSTED_PROXIES="127.0.0.1,2001:db8::/64")

    chains = [f"198.51.100.{number}, 203.0.113.7, 2001:db8::{number:x}" for number in range(2 * LIMIT + 1)]
    assert 429 in statuses(client, *chains)
    assert statuses(client, "203.0.113.8, 2001:db8::9") == {201}
