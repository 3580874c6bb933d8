"""The addresses on which the gateway listens."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from api.server.__main__ import listen
from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.settings import Settings
from tests.support.nginx import IPV6
from tests.support.readiness import is_ready

needs_ipv6 = pytest.mark.skipif(not Path(IPV6).exists(), reason="IPv6 is NOT tested: this kernel has none")


@pytest.fixture(params=["1", "2"])
def port(
    settings: Settings,
    database: Engine,  # noqa: ARG001 - migrated first
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[int]:
    """The port of a gateway that was started like in its image, with one or two processes."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
    }

    command = [sys.executable, "-m", "api.server", "--port", str(port), "--workers", request.param]
    log = tmp_path / "gateway.log"
    process = Process(
        "gateway",
        command,
        log=log,
        environment=environment,
        answers=lambda: is_ready(f"http://127.0.0.1:{port}"),
    )
    process.start()
    yield port
    process.stop()


@needs_ipv6
def test_gateway_answers_on_ipv4_and_ipv6(port: int) -> None:
    for host in ("127.0.0.1", "[::1]"):
        assert httpx.get(f"http://{host}:{port}/healthz", trust_env=False).status_code == 200


@needs_ipv6
def test_ipv4_and_ipv6_have_separate_sockets() -> None:
    ipv4, ipv6 = listen(free_port())
    with ipv4, ipv6:
        assert (ipv4.family, ipv6.family) == (socket.AF_INET, socket.AF_INET6)
        assert ipv6.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1


@pytest.mark.parametrize("error", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
def test_gateway_listens_without_kernel_ipv6(monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    port, create = free_port(), socket.create_server

    def without_ipv6(address: tuple[str, int], *, family: socket.AddressFamily) -> socket.socket:
        if family is socket.AF_INET6:
            raise OSError(error, os.strerror(error))
        return create(address, family=family)

    monkeypatch.setattr(socket, "create_server", without_ipv6)

    [only] = listen(port)

    with only:
        assert only.family is socket.AF_INET


def test_port_in_use_is_reported_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "api.server", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("The gateway can't listen on port ")
    assert done.stderr.count("\n") == 1
