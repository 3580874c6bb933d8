"""The metrics of gateways and workers."""

import logging
import os
import re
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import pytest

from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.settings import Settings
from tests.conftest import SECRET
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, bearer
from tests.support.jobs import judge_frame
from tests.support.metrics_worker import MetricsWorker
from tests.support.scrape import scrape
from tests.support.waiting import wait_until
from worker.frames.judging import Judging

BROKEN = ONE_FACE[:2_000]


def metrics(gateway: httpx.Client) -> dict[str, float]:
    """Return the gateway's samples without the label `shard`: there is one."""
    samples = scrape(str(gateway.base_url.join("/metrics")))
    return {re.sub(r',?shard="[^"]*",?', "", name).replace("{}", ""): samples[name] for name in samples}


def refused(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return the number of frames refused between two scrapes, by reason."""
    grown = {name: after[name] - before.get(name, 0) for name in after}
    prefix, suffix = 'proctor_frames_refused_total{reason="', '"}'
    return {
        name.removeprefix(prefix).removesuffix(suffix): count
        for name, count in grown.items()
        if name.startswith(prefix) and count
    }


def test_queue_and_outcomes_are_counted(
    gateway: httpx.Client, candidate: CandidateClient, judging: Judging
) -> None:
    before = metrics(gateway)
    waiting, flagged = candidate.submit_frame(ONE_FACE), candidate.submit_frame(TWO_FACES)
    judge_frame(judging, UUID(flagged))

    during = metrics(gateway)
    assert during["proctor_frames_waiting"] == 1
    assert during["proctor_oldest_frame_seconds"] >= 0
    assert during["proctor_frames_accepted_total"] == 2
    assert during['proctor_jobs_ended_total{status="done"}'] == 1
    assert during["proctor_evidence_pending"] == before["proctor_evidence_pending"] + 1

    judge_frame(judging, UUID(waiting))
    assert metrics(gateway)["proctor_frames_waiting"] == 0


def test_refused_frames_are_counted_by_reason(
    gateway: httpx.Client, candidate: CandidateClient, settings: Settings
) -> None:
    before = metrics(gateway)
    unauthorised = CandidateClient(candidate.client, candidate.meeting_id, candidate.id, "no token")
    too_large = ONE_FACE + bytes(settings.max_frame_bytes)

    assert unauthorised.post_frame(ONE_FACE).status_code == 401
    assert candidate.post_frame(b"not a picture").status_code == 422
    assert candidate.post_frame(too_large).status_code == 413
    assert gateway.post("/detect_faces/", json={}).status_code == 401
    unannounced = iter([bytes(2 * settings.max_frame_bytes)])
    token = bearer(candidate.token)
    assert gateway.post("/detect_faces", content=unannounced, headers=token).status_code == 413
    assert gateway.post("/detect_faces", json={}, headers=token).status_code == 422
    assert gateway.get("/meetings/none/flags").status_code == 401  # not a frame
    while candidate.post_frame(ONE_FACE).status_code != 429:
        pass

    counted = refused(before, metrics(gateway))
    assert counted == {"not_authorised": 2, "not_a_picture": 1, "too_large": 2, "invalid": 1, "too_fast": 1}


def test_client_disconnect_is_not_counted_as_an_error(
    gateway: httpx.Client, candidate: CandidateClient, caplog: pytest.LogCaptureFixture
) -> None:
    before = metrics(gateway)
    head = f"POST /detect_faces HTTP/1.1\r\nHost: exam\r\nAuthorization: Bearer {candidate.token}\r\n"

    address = (gateway.base_url.host, gateway.base_url.port or 80)
    with (
        caplog.at_level(logging.INFO, "api.middleware.server_errors"),
        socket.create_connection(address) as connection,
    ):
        connection.sendall(head.encode() + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        connection.recv(1)  # the gateway is reading the request now
        connection.close()
        levels = wait_until(
            lambda: [
                record.levelname for record in caplog.records if record.name == "api.middleware.server_errors"
            ],
            "the gateway logs the disconnect",
        )

    assert levels == ["INFO"]
    assert refused(before, metrics(gateway)) == {}


def test_metrics_work_during_a_redis_outage(
    other_gateway: Callable[[Settings], httpx.Client], settings: Settings, candidate: CandidateClient
) -> None:
    gateway = other_gateway(settings.model_copy(update={"redis_url": _unreachable(settings)}))
    alone = CandidateClient(gateway, candidate.meeting_id, candidate.id, candidate.token)
    before = metrics(gateway)

    assert alone.post_frame(ONE_FACE).status_code == 503

    after = metrics(gateway)
    assert after['proctor_server_up{server="redis"}'] == 0
    assert after['proctor_server_up{server="postgres"}'] == 1
    assert "proctor_evidence_pending" in after
    assert "proctor_oldest_frame_seconds" not in after  # 0 would mean that nothing waits
    assert refused(before, after) == {"server_away": 1}


def _unreachable(settings: Settings) -> object:
    return type(settings.redis_url)(f"redis://127.0.0.1:{free_port()}/0")


def submit_and_wait(candidate: CandidateClient, picture: bytes, times: int) -> None:
    """Submit the picture `times` times and wait until every job has ended."""
    for job_id in [candidate.submit_frame(picture) for _ in range(times)]:
        candidate.wait_for_job(job_id)


@pytest.fixture
def detecting_worker(settings: Settings, tmp_path: Path) -> Iterator[MetricsWorker]:
    running = MetricsWorker(settings, tmp_path)
    running.process.start()
    yield running
    running.process.kill()


def test_worker_counts_include_dead_children(
    detecting_worker: MetricsWorker, candidate: CandidateClient
) -> None:
    worker = detecting_worker
    submit_and_wait(candidate, TWO_FACES, 2)
    submit_and_wait(candidate, BROKEN, 1)
    # A worker counts right after it publishes the verdict; killed in between, it would not count.
    wait_until(lambda: read_complete(worker, verdicts=2), "the verdicts are counted")
    [killed, _] = before = worker.children()
    killed.kill()
    wait_until(lambda: len(set(worker.children()) - set(before)) == 1, "the child is replaced")
    submit_and_wait(candidate, ONE_FACE, 4)

    metrics_after = wait_until(lambda: read_complete(worker, verdicts=6), "the last verdict is counted")

    assert metrics_after['proctor_verdict_age_seconds_bucket{le="+Inf"}'] == 6
    assert metrics_after["proctor_verdict_age_seconds_sum"] > 0
    assert metrics_after['proctor_detector_seconds_count{engine="dlib-guided"}'] == 6
    assert 0 < metrics_after['proctor_detector_seconds_sum{engine="dlib-guided"}'] < 6 * 10
    assert metrics_after['proctor_flags_total{kind="no_face"}'] == 0


def read_complete(worker: MetricsWorker, *, verdicts: int) -> dict[str, float] | None:
    """Return the worker's metrics once they have these verdicts, two flags and one broken picture."""
    samples = scrape(worker.url)
    complete = (
        samples["proctor_verdict_age_seconds_count"] == verdicts
        and samples['proctor_flags_total{kind="multiple_faces"}'] == 2
        and samples['proctor_frames_failed_total{reason="picture"}'] == 1
    )
    return samples if complete else None


def test_connected_worker_has_a_heartbeat(worker: MetricsWorker, settings: Settings) -> None:
    series = f'proctor_worker_heartbeat_timestamp_seconds{{queue="frames",shard="{settings.own_shard.name}"}}'

    def heartbeat() -> float:
        return scrape(worker.url)[series]

    first = heartbeat()

    assert wait_until(lambda: heartbeat() > first, "the next heartbeat")
    sweep = f'proctor_last_sweep_timestamp_seconds{{shard="{settings.own_shard.name}"}}'
    assert scrape(worker.url)[sweep] == 0  # no scheduler runs: the alert must see that


def test_children_do_not_hold_the_metrics_port(worker: MetricsWorker) -> None:
    before = worker.children()
    before[0].kill()
    [new_child] = wait_until(
        lambda: set(worker.children()) - set(before), "a child that started after the port was opened"
    )

    wait_until(lambda: not listens(new_child), "it closes the port")

    assert listens(psutil.Process(worker.process.pid))


def listens(process: psutil.Process) -> bool:
    return any(connection.status == psutil.CONN_LISTEN for connection in process.net_connections())


def test_metrics_port_needs_a_directory(settings: Settings, tmp_path: Path) -> None:
    worker = MetricsWorker(settings, tmp_path)
    port = worker.url.split(":")[2].split("/")[0]
    plain = os.environ | {"METRICS_PORT": port, "SECRET_KEY": SECRET}
    process = Process(
        "worker",
        [sys.executable, "-m", "celery", "-A", "worker.frames", "worker", "-Q", "frames"],
        log=tmp_path / "refused.log",
        environment={name: value for name, value in plain.items() if name != "PROMETHEUS_MULTIPROC_DIR"},
    )
    process.start()

    wait_until(lambda: process.exit_code is not None, "it ends")

    assert process.exit_code != 0
    assert "METRICS_PORT needs PROMETHEUS_MULTIPROC_DIR" in process.log.read_text()


def spoil_empty(_: bytes) -> bytes:
    return b""


def spoil_truncated(content: bytes) -> bytes:
    (used,) = struct.unpack_from("i", content)
    return content[: used // 2]


def spoil_garbage(content: bytes) -> bytes:
    return b"\x10\xfe\xfd\x01" * (len(content) // 4)


def test_unreadable_files_of_dead_processes_are_removed(
    worker: MetricsWorker, candidate: CandidateClient, tmp_path: Path
) -> None:
    wait_until(
        lambda: candidate.get_job(candidate.submit_frame(ONE_FACE), wait=20).json()["status"] == "done",
        "it is judged",
    )
    directory = tmp_path / "metrics"
    readable = max(directory.glob("histogram_*.db"), key=lambda file: file.stat().st_size).read_bytes()
    for spoil in (spoil_empty, spoil_truncated, spoil_garbage):
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait()
        of_dead = directory / f"histogram_{dead.pid}.db"
        of_living = directory / f"gauge_max_{os.getpid()}.db"
        for file in (of_dead, of_living):
            file.write_bytes(spoil(readable))

        assert scrape(worker.url)["proctor_verdict_age_seconds_count"] > 0, spoil
        assert not of_dead.exists()
        assert of_living.exists()  # its process may still fill it
        assert program_metrics(directory).startswith("# HELP")


def program_metrics(directory: Path) -> str:
    """Return the metrics as a gateway's `/metrics` shows them."""
    code = "from prometheus_client import generate_latest; from shared.metrics import metrics_registry;"
    code += "print(generate_latest(metrics_registry()).decode())"
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(directory)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
