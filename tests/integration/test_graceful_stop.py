"""Graceful stop: workers finish their run and leave the rest; rolling restarts lose nothing."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from redis import Redis

from dev.chaos.attempts import read_attempts
from dev.chaos.stream import Stream
from dev.stack.ports import free_port
from dev.stack.processes import Process
from dev.stack.stack import Stack
from shared.queue import FRAMES
from tests.conftest import SECRET
from tests.support.exam import ONE_FACE, Exam
from tests.support.nginx import serve_pages
from tests.support.readiness import is_ready
from tests.support.stack_faults import make_slow_picture
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

TIMEOUT_SECONDS = 120


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="proctor-tests-") as name:
        yield Path(name)


def test_stopping_worker_finishes_its_run_and_requeues(faulty: Stack) -> None:
    with (
        httpx.Client(base_url=faulty.url, timeout=60) as client,
        Redis.from_url(faulty.redis_url) as redis,
    ):
        worker = faulty.processes["frames"]
        candidate = Exam.create(client).join()
        running = candidate.submit_frame(make_slow_picture())
        wait_until(
            lambda: candidate.get_job(running).json()["status"] == "running", "it is running", TIMEOUT_SECONDS
        )
        waiting = [candidate.submit_frame(ONE_FACE) for _ in range(5)]

        worker.stop()

        assert worker.exit_code == 0  # it was not killed after its grace period
        assert candidate.get_job(running).json()["verdict"] == "ok"
        assert read_attempts(redis, UUID(running)) == 1
        # Within the two seconds of its run it may judge some of the others; it leaves none half done.
        statuses = [candidate.get_job(job_id).json()["status"] for job_id in waiting]
        assert set(statuses) <= {"done", "queued"}
        # Tickets are back at once, without waiting for the visibility timeout.
        assert bool(redis.llen(FRAMES)) >= ("queued" in statuses)
        worker.start()
        assert {candidate.wait_for_job(job_id)["verdict"] for job_id in waiting} == {"ok"}


def create_part(stack: Stack, name: str, command: list[str], directory: Path) -> Process:
    """Return another process of the stack."""
    return Process(
        name,
        [sys.executable, "-m", *command],
        log=directory / f"{name}.log",
        environment=stack.environment,
    )


def test_rolling_restart_loses_no_frame(directory: Path) -> None:
    environment = os.environ | {"SECRET_KEY": SECRET, "FRAME_INTERVAL_MS": "500", "DETECTOR": "simulated"}
    port = free_port()
    gateway = ["api.server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    celery = ["celery", "-A", "worker.frames", "worker", "-Q", "frames", "-n", "frames-2@%h", "-c", "1"]
    with Stack(directory / "data", workers=1, environment=environment) as stack:
        second_gateway = create_part(stack, "second-gateway", gateway, directory)
        second_worker = create_part(stack, "second-worker", celery, directory)
        second_gateway.start()
        second_worker.start()
        try:
            wait_until(lambda: is_ready(f"http://127.0.0.1:{port}"), "the second gateway answers")
            with (
                serve_pages(
                    directory, "", write_gateway_conf(directory, stack.url, f"http://127.0.0.1:{port}")
                ) as nginx,
                Stream(nginx.name) as stream,
            ):
                for part in (stack.processes["gateway"], second_gateway):
                    wait_for_new_verdict(stream)
                    part.restart()
                    wait_until(lambda: is_ready(f"http://127.0.0.1:{port}"), "the gateway is back")
                for part in (stack.processes["frames"], second_worker):
                    wait_for_new_verdict(stream)
                    part.restart()
                    assert part.exit_code is None
                wait_for_new_verdict(stream)
                stream.leave()
                wait_until(lambda: stream.is_over, "every frame has ended", TIMEOUT_SECONDS)
        finally:
            second_gateway.stop()
            second_worker.stop()

    assert {frame.end for frame in stream.frames} == {"done"}
    # No 500 or 502, and every connection was answered.
    assert set(stream.refusals) <= {503}
    assert stream.unexpected_answers == []


def write_gateway_conf(directory: Path, *gateways: str) -> Path:
    """Write the nginx configuration of an upstream with these gateways."""
    servers = " ".join(f"server {gateway.removeprefix('http://')};" for gateway in gateways)
    file = directory / "two-gateways.conf"
    file.write_text(f"upstream both {{ {servers} }}\nmap $host $gateway {{ default both; }}\n")
    return file


def wait_for_new_verdict(stream: Stream) -> None:
    """Wait until a frame sent after this call is judged."""
    newest = stream.frames[-1].sent_at if stream.frames else 0
    wait_until(lambda: stream.judged_since(newest), "a frame is judged", TIMEOUT_SECONDS)
