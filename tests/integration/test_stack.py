"""`python -m dev up` as seen from a terminal."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx
import psutil
import pytest

from dev.stack.supervisor import MAX_RESTARTS
from tests.support.dev_command import run_dev
from tests.support.readiness import is_ready
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
OPTIONS = ["--no-simulate", "--workers", "1", "--port", "0"]
COMMAND = [sys.executable, "-m", "dev", "up", *OPTIONS]
PARTS = {
    "postgres": "bin/postgres",
    "valkey": "valkey-server",
    "frames": "worker.frames",
    "gateway": "api.server",
}
"""A part of each process's command line."""
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
} | {"DETECTOR": "simulated"}


class Up:
    """A running `python -m dev up` in its own process group, as a shell starts it."""

    def __init__(self, data: Path, *options: str, **settings: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "--data", data, *options],
            cwd=ROOT,
            env=ENVIRONMENT | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()

    def url(self) -> str:
        """Wait until it is ready; return its URL."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("ready "), line + self.read_stderr()
        return line.split()[1]

    def parts(self) -> list[psutil.Process]:
        """Return all descendants, including the servers and the worker's pool."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def part(self, name: str) -> psutil.Process | None:
        """Return the process of this part, or None if it does not run."""
        for process in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if any(PARTS[name] in argument for argument in process.cmdline()):
                    return process
        return None

    def read_stderr(self) -> str:
        """Wait until it ends; return its standard error."""
        _, stderr = self.process.communicate(timeout=120)
        return stderr

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal and wait; return the exit code and standard error."""
        os.killpg(self.process.pid, number)
        stderr = self.read_stderr()
        return self.process.returncode, stderr


@pytest.fixture
def data() -> Iterator[Path]:
    # Not pytest's directory: each run of pytest closes it to the account under which root runs Postgres.
    with tempfile.TemporaryDirectory(prefix="proctor-tests-") as name:
        yield Path(name) / "data with a space"


@pytest.fixture
def up(data: Path) -> Iterator[Up]:
    with Up(data) as stack:
        yield stack


def test_stopped_or_killed_stack_leaves_no_process_and_restarts(up: Up, data: Path) -> None:
    keys = _create_exam(up)
    assert _refusal(data) == f"Another stack uses {data}: stop it, or choose another directory with --data.\n"
    _stop(up, signal.SIGTERM)
    assert not (data / "env.sh").exists()

    with Up(data) as second:
        _assert_has_exam(second, keys)
        parts = second.parts()
        second.end(signal.SIGKILL)

    with Up(data) as third:
        _assert_has_exam(third, keys)
        assert not _running(parts)
        _stop(third, signal.SIGINT)


def test_dead_parts_are_restarted_until_one_dies_too_often(up: Up) -> None:
    url = up.url()
    for name in PARTS:
        _kill(up, name)
        wait_until(lambda: is_ready(url), "every part answers")
    parts = up.parts()

    def give_up() -> bool:
        if valkey := up.part("valkey"):
            valkey.kill()
        return up.process.poll() is not None

    wait_until(give_up, "it gives up")

    stderr = up.read_stderr()
    assert up.process.returncode == 1
    for name in PARTS:
        assert f"{name} ended with exit code -9; it is restarted\n" in stderr
    # The first time may be too long ago to count.
    assert stderr.count("valkey ended with exit code -9; it is restarted\n") in {
        MAX_RESTARTS,
        MAX_RESTARTS + 1,
    }
    assert "valkey ended with exit code -9.\nThe end of" in stderr
    assert not _running(parts)


def test_gateway_that_fails_at_start_stops_the_stack(data: Path) -> None:
    with Up(data, PAGES_PATH=str(data / "nothing")) as up:
        stderr = up.read_stderr()

    assert up.process.returncode == 1
    assert "gateway ended with exit code 1.\nThe end of" in stderr
    assert "nothing/assets' does not exist" in stderr


def test_taken_port_is_refused(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        stderr = _refusal(data, "--port", str(port))

    assert stderr.startswith(f"Port {port} cannot be used")
    assert stderr.count("\n") == 1


def test_unwritable_data_directory_is_refused(data: Path) -> None:
    data.write_text("a file where the directory should be")

    assert _refusal(data) == f"The data directory {data} cannot be used: File exists.\n"


def test_wrong_setting_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_BACKLOG", "none")

    stderr = _refusal(data)

    assert stderr.startswith("MAX_BACKLOG: Input should be a valid integer")
    assert stderr.count("\n") == 1


def _stop(up: Up, number: signal.Signals) -> None:
    parts = up.parts()
    assert {"postgres", "valkey-server"} <= {part.name() for part in parts}

    exit_code, stderr = up.end(number)

    assert (exit_code, stderr.splitlines()[-1]) == (0, "stopping")
    assert not _running(parts)


def _kill(up: Up, name: str) -> None:
    """Kill a part and wait until another process has taken its place."""
    killed = up.part(name)
    assert killed
    killed.kill()
    wait_until(lambda: up.part(name) not in {killed, None}, f"another {name} runs")


def _create_exam(up: Up) -> dict[str, str]:
    """Create a meeting; return the body that proves to be its admin."""
    created = httpx.post(
        f"{up.url()}/meetings", json={"title": "An exam that outlives a restart"}, timeout=60
    ).json()
    return {"meeting_id": created["data"]["id"], "admin_id": created["admin_id"]}


def _assert_has_exam(up: Up, keys: dict[str, str]) -> None:
    assert httpx.post(f"{up.url()}/is_admin", json=keys, timeout=60).json() == {"admin": True}


def _refusal(data: Path, *options: str) -> str:
    """Return the standard error of a start that is refused."""
    refused = run_dev("up", *OPTIONS, "--data", data, *options)
    assert refused.returncode == 2
    return refused.stderr


def _running(parts: list[psutil.Process]) -> list[psutil.Process]:
    # In a container without an init, an orphan that has ended stays a zombie.
    return [part for part in parts if part.is_running() and part.status() != psutil.STATUS_ZOMBIE]
