"""A gateway with several processes: one that is killed is replaced, and nothing is lost."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import psutil
import pytest
from redis import Redis
from sqlalchemy import Engine

from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.settings import Settings
from tests.support.exam import ONE_FACE, CandidateClient, Exam
from tests.support.readiness import is_ready
from tests.support.scrape import scrape
from tests.support.vendors.dyte import FakeDyte
from tests.support.waiting import is_listening, wait_until


class Gateway:
    """A gateway with two processes, as its container runs it on two cores."""

    def __init__(self, settings: Settings, directory: Path, **variables: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "api.server", "--port", str(self.port), "--workers", "2"]
        environment = {
            "DATABASE_URL": settings.database_url.get_secret_value(),
            "REDIS_URL": settings.redis_url.get_secret_value(),
            "SECRET_KEY": settings.secret_key.get_secret_value(),
            # No worker judges here.
            "MAX_BACKLOG": "1000000",
            "MAX_WAIT_SECONDS": "1000000",
            "FRAME_TTL_SECONDS": "2000000",
        }
        self.process = Process(
            "gateway",
            command,
            log=directory / "gateway.log",
            environment=os.environ | environment | variables,
        )

    def start(self) -> None:
        """Start it, and wait until both processes run."""
        self.process.start()
        wait_until(lambda: len(self.servers()) == 2 and is_ready(self.url), "both processes serve")

    def servers(self) -> list[psutil.Process]:
        """Return the processes that serve requests."""
        return [child for child in psutil.Process(self.process.pid).children() if _is_server(child)]


def _is_server(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # it was killed
        return False


SEPARATE = httpx.Limits(max_keepalive_connections=0)
"""A new connection for each request."""

Start = Callable[..., Gateway]


@pytest.fixture
def start(settings: Settings, database: Engine, redis: Redis, tmp_path: Path) -> Iterator[Start]:  # noqa: ARG001
    """Starts gateways with two processes."""
    with ExitStack() as running:

        def start(**variables: str) -> Gateway:
            gateway = Gateway(settings, tmp_path, **variables)
            running.callback(gateway.process.stop)
            gateway.start()
            return gateway

        yield start


@dataclass
class Sender:
    """Sends frames of a candidate, each on a new connection, so that both processes get some."""

    candidate: CandidateClient
    stopped: threading.Event = field(default_factory=threading.Event)
    accepted: list[str] = field(default_factory=list)
    others: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Send until stopped."""
        with httpx.Client(
            base_url=self.candidate.client.base_url,
            timeout=60,
            trust_env=False,
            limits=SEPARATE,
        ) as client:
            candidate = replace(self.candidate, client=client)
            while not self.stopped.wait(0.02):
                with suppress(httpx.TransportError):  # the process was killed: the page sends the next
                    self._send(candidate)

    def _send(self, candidate: CandidateClient) -> None:
        answer = candidate.post_frame(ONE_FACE)
        if answer.status_code == 202:
            self.accepted.append(answer.json()["job_id"])
        else:
            self.others.append(answer.status_code)


def test_killed_process_loses_no_accepted_frame(start: Start) -> None:
    gateway = start()
    with ExitStack() as running:
        client = running.enter_context(httpx.Client(base_url=gateway.url, timeout=60, trust_env=False))
        exam = Exam.create(client)
        senders = [Sender(exam.join(f"Ada {number}")) for number in range(8)]
        threads = [threading.Thread(target=sender.run) for sender in senders]
        for thread, sender in zip(threads, senders, strict=True):
            running.callback(thread.join)
            running.callback(sender.stopped.set)
            thread.start()
        wait_until(lambda: sum(len(sender.accepted) for sender in senders) >= 20, "frames are accepted")

        [killed, survivor] = gateway.servers()
        killed.kill()
        before = sum(len(sender.accepted) for sender in senders)

        wait_until(lambda: sum(len(sender.accepted) for sender in senders) > before, "the other goes on")
        wait_until(lambda: len(set(gateway.servers()) - {killed, survivor}) == 1, "it is replaced")
        assert survivor.is_running()
    with httpx.Client(base_url=gateway.url, timeout=60, trust_env=False) as client:
        for sender in senders:
            assert set(sender.others) <= {429}  # a sender may be too fast; nothing else was refused
            own = replace(sender.candidate, client=client)
            assert {own.get_job(job_id).json()["status"] for job_id in sender.accepted} <= {"queued"}


def test_processes_share_counters_without_a_directory(start: Start) -> None:
    gateway = start()
    with httpx.Client(trust_env=False, timeout=60, limits=SEPARATE) as client:  # they reach both processes
        for _ in range(40):
            assert client.post(f"{gateway.url}/detect_faces").status_code == 401

    counter = 'proctor_frames_refused_total{reason="not_authorised"}'
    assert [scrape(f"{gateway.url}/metrics")[counter] for _ in range(8)] == [40] * 8


def test_processes_end_when_their_supervisor_is_killed(start: Start) -> None:
    gateway = start()
    servers = gateway.servers()

    os.kill(gateway.process.pid, signal.SIGKILL)

    wait_until(lambda: not is_listening(gateway.port), "the port is free")
    psutil.wait_procs(servers, timeout=60)
    assert not any(server.is_running() for server in servers)


def test_failed_start_ends_the_supervisor_with_an_error(settings: Settings, tmp_path: Path) -> None:
    with FakeDyte() as dyte:
        dyte.presets = []
        video = dyte.as_dyte(settings)
        gateway = Gateway(
            settings,
            tmp_path,
            VIDEO_PROVIDER="dyte",
            DYTE_ORG_ID=str(video.dyte_org_id),
            DYTE_API_KEY=video.dyte_api_key.get_secret_value() if video.dyte_api_key else "",
            DYTE_API_URL=str(video.dyte_api_url),
        )
        gateway.process.start()

        wait_until(lambda: gateway.process.exit_code is not None, "it ends")

    assert gateway.process.exit_code == 3
