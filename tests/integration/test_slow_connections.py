"""Slow and silent connections time out, and do not block others meanwhile."""

import resource
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import pytest
from redis import Redis
from sqlalchemy import Engine

from api.server.http_protocol import BODY_SECONDS, CHECK_SECONDS, HEAD_SECONDS, MAX_HEAD_BYTES
from api.server.open_connections import raise_file_limit
from shared.jobs.model import ENDED_CHANNEL, job_key
from shared.settings import Settings
from tests.support.exam import ONE_FACE, Exam
from tests.support.gateway_process import GatewayProcess, run_gateway
from tests.support.waiting import wait_until

HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-a: "
HALF_A_BODY = b"POST /is_admin HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
ANSWERED_EARLY = b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
FEW_FILES = 256
WAITS = 5_000


@pytest.fixture(scope="module")
def running(
    settings: Settings, database: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    """A gateway that starts with a soft limit of 1,024 open files, as in a container."""
    del database  # migrated first
    directory = tmp_path_factory.mktemp("gateway")
    with run_gateway(settings, directory, "prlimit", "--nofile=1024:") as running:
        yield running


def connect(gateway: GatewayProcess, first: bytes, seconds: float) -> socket.socket:
    """Open a connection and send `first`; reading times out after `seconds`."""
    connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=seconds)
    connection.sendall(first)
    return connection


def read_to_end(connection: socket.socket) -> bytes:
    """Return everything received until the peer closes."""
    received = b""
    while part := connection.recv(65_536):
        received += part
    return received


def leave_unread(gateway: GatewayProcess) -> socket.socket:
    """Return a connection whose response fills all buffers, and which has sent half a head since."""
    connection = socket.socket()
    connection.settimeout(60)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)  # keeps the gateway's buffer small
    connection.connect(("127.0.0.1", gateway.port))
    connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
    connection.recv(1_500, socket.MSG_PEEK | socket.MSG_WAITALL)
    connection.sendall(HALF_A_HEAD)
    return connection


def is_open(gateway: GatewayProcess, client: socket.socket) -> bool:
    """Return whether the gateway still has its end of the connection."""
    port = client.getsockname()[1]
    return any(one.raddr and one.raddr.port == port for one in gateway.process.net_connections())


def test_unfinished_requests_time_out(running: GatewayProcess) -> None:
    most = BODY_SECONDS + CHECK_SECONDS + 60  # for a busy machine
    with ExitStack() as connections:
        unread = connections.enter_context(leave_unread(running))
        silent, head, body, early = (
            connections.enter_context(connect(running, first, most))
            for first in (b"", HALF_A_HEAD, HALF_A_BODY, ANSWERED_EARLY)
        )

        assert read_to_end(silent) == b""
        for unfinished in (head, body):
            answer = read_to_end(unfinished)
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert b"application/problem+json" in answer
        assert read_to_end(early).count(b"HTTP/1.1 ") == 1  # only the 405
        wait_until(lambda: not is_open(running, unread), "the connection without a reader is aborted")


def test_blank_lines_do_not_keep_a_connection_open(running: GatewayProcess) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with connect(running, request, HEAD_SECONDS + CHECK_SECONDS + 60) as connection:
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"\r\n")

        read_to_end(connection)


def test_endless_head_is_refused(running: GatewayProcess) -> None:
    with connect(running, HALF_A_HEAD, 60) as connection:
        connection.sendall(b"x" * (MAX_HEAD_BYTES + 1))

        assert read_to_end(connection).startswith(b"HTTP/1.1 431 ")


def test_gateway_raises_its_open_files_limit(running: GatewayProcess) -> None:
    soft, hard = running.process.rlimit(psutil.RLIMIT_NOFILE)

    assert soft == hard or soft >= 65_536


@pytest.mark.parametrize("first", [b"", HALF_A_HEAD, HALF_A_BODY], ids=["silent", "head", "body"])
def test_unfinished_requests_do_not_block_new_clients(
    settings: Settings, tmp_path: Path, first: bytes
) -> None:
    limit = f"--nofile={FEW_FILES}:{FEW_FILES}"
    with run_gateway(settings, tmp_path, "prlimit", limit) as gateway, ExitStack() as connections:
        for _ in range(2 * FEW_FILES):
            connections.enter_context(connect(gateway, first, 60))

        with httpx.Client(base_url=gateway.client.base_url, timeout=60) as newcomer:
            assert newcomer.get("/healthz").status_code == 200
        assert "connection limit of one address reached" in (tmp_path / "gateway-process.log").read_text()


def test_thousands_waiting_for_one_job_get_answers(running: GatewayProcess, redis: Redis) -> None:
    raise_file_limit()
    waits = min(WAITS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2 - 200)
    candidate = Exam.create(running.client).join()
    job_id = candidate.submit_frame(ONE_FACE)
    head = f"GET /jobs/{job_id}?wait=20 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {candidate.token}\r\n"
    request = f"{head}Connection: close\r\n\r\n".encode()
    with ExitStack() as connections:
        waiting = [connections.enter_context(connect(running, request, 60)) for _ in range(waits)]
        redis.hset(job_key(UUID(job_id)), mapping={"status": "failed", "error": "a test"})
        redis.publish(ENDED_CHANNEL, job_id)

        answers = Counter(read_to_end(connection)[9:12] for connection in waiting)
        assert answers.keys() <= {b"200", b"503"}
        assert answers[b"200"] > 0.9 * waits
        for _ in range(answers[b"503"]):  # Redis may be late on a busy machine: they are to try again
            assert read_to_end(connections.enter_context(connect(running, request, 60)))[9:12] == b"200"
