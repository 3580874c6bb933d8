"""nginx disconnects slow clients and limits the connections of one address."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path

import httpx
import pytest

from shared.setting_types import PRIVATE_NETWORKS
from tests.support.exam import assert_problem
from tests.support.nginx import serve_pages, write_nginx_conf
from tests.support.waiting import wait_until

LIMIT = 4
HALF_A_BODY = b"POST /is_admin HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-a: "


@pytest.fixture
def client(gateway: httpx.Client, tmp_path: Path) -> Iterator[httpx.Client]:
    address = gateway.base_url.netloc.decode()
    with (
        serve_pages(tmp_path, address, connections=LIMIT) as server,
        httpx.Client(base_url=server.name, timeout=60) as client,
    ):
        yield client


def connect(client: httpx.Client, first: bytes) -> socket.socket:
    connection = socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=60)
    connection.sendall(first)
    return connection


def test_connections_of_one_address_are_limited(client: httpx.Client, tmp_path: Path) -> None:
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    with ExitStack() as connections:

        def get_refusal() -> httpx.Response | None:
            # Another one each time: on a busy machine the first may have timed out.
            connections.enter_context(connect(client, HALF_A_BODY))
            answer = client.get("/")
            return answer if answer.status_code == 429 else None

        refused = wait_until(get_refusal, "the limit")
        assert_problem(refused, 429)
        assert refused.headers["Retry-After"]
        assert client.get("/", headers=elsewhere).status_code == 200
        wait_until(lambda: "too many connections" in (tmp_path / "nginx.log").read_text(), "a log line")
    wait_until(lambda: client.get("/").status_code == 200, "connections are free again")


def test_addresses_of_one_ipv6_site_share_a_limit(client: httpx.Client) -> None:
    same, other = ({"X-Forwarded-For": f"2001:db8:0:{site}::99"} for site in (7, 8))
    addresses = count(1)
    with ExitStack() as connections:

        def is_refused() -> bool:
            site = f"X-Forwarded-For: 2001:db8:0:7::{next(addresses):x}"
            head = HALF_A_BODY.replace(b"Host: x", f"Host: x\r\n{site}".encode())
            connections.enter_context(connect(client, head))
            return client.get("/", headers=same).status_code == 429

        wait_until(is_refused, "the limit")
        assert client.get("/", headers=other).status_code == 200


def test_unnamed_proxy_in_a_private_network_is_a_client(gateway: httpx.Client, tmp_path: Path) -> None:
    """A candidate there sends a forged header through a TLS proxy that appends to it."""
    forged, other = ({"X-Forwarded-For": f"198.51.100.1, 10.1.1.{host}"} for host in (7, 8))
    addresses = count(2)
    with (
        serve_pages(
            tmp_path, gateway.base_url.netloc.decode(), connections=LIMIT, proxies="::1/128, 127.0.0.0/8"
        ) as server,
        httpx.Client(base_url=server.name, timeout=60) as client,
        ExitStack() as connections,
    ):

        def is_refused() -> bool:
            chain = f"X-Forwarded-For: 198.51.100.{next(addresses)}, 10.1.1.7"
            head = HALF_A_BODY.replace(b"Host: x", f"Host: x\r\n{chain}".encode())
            connections.enter_context(connect(client, head))
            return client.get("/", headers=forged).status_code == 429

        wait_until(is_refused, "the limit")
        assert client.get("/", headers=other).status_code == 200


def test_nginx_trusts_the_same_networks_as_the_gateway(tmp_path: Path) -> None:
    write_nginx_conf(tmp_path, {"/tmp/": f"{tmp_path}/"})

    lines = (tmp_path / "proxies.conf").read_text().splitlines()

    assert lines == [f"set_real_ip_from {network};" for network in PRIVATE_NETWORKS]


def test_half_a_head_times_out(client: httpx.Client) -> None:
    # The client waits a minute for either a reset or a close.
    with connect(client, HALF_A_HEAD) as connection, suppress(ConnectionResetError):
        while connection.recv(65_536):
            pass
