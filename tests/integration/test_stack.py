"""`python -m dev up`, as someone at a terminal sees it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx
import psutil
import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "dev", "up", "--no-simulate", "--workers", "1", "--port", "0"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}


class Up:
    """A running `python -m dev up`, in a process group of its own as a shell would give it."""

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

    def url(self) -> str:
        """The address, once it is ready."""
        assert self.process.stdout
        word, url = self.process.stdout.readline().split()
        assert word == "ready"
        return url

    def parts(self) -> list[psutil.Process]:
        """Every process under it, with the servers and the worker's pool."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Its exit code and what it said on standard error."""
        os.killpg(self.process.pid, number)
        _, said = self.process.communicate(timeout=120)
        return self.process.returncode, said


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data with a space"


@pytest.fixture
def up(data: Path) -> Iterator[Up]:
    with Up(data) as stack:
        yield stack


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_all_of_it(up: Up, number: signal.Signals) -> None:
    assert httpx.get(f"{up.url()}/readyz").status_code == 200
    parts = up.parts()
    names = {part.name() for part in parts}

    exit_code, said = up.end(number)

    assert {"postgres", "valkey-server"} <= names
    assert (exit_code, said.splitlines()[-1]) == (0, "stopping")
    assert not _running(parts)


def test_the_next_start_keeps_the_data(up: Up, data: Path) -> None:
    keys = _create_exam(up)
    up.end(signal.SIGTERM)

    with Up(data) as again:
        assert httpx.post(f"{again.url()}/is_admin", json=keys).json() == {"admin": True}


def test_a_killed_stack_leaves_nothing_and_starts_again(up: Up, data: Path) -> None:
    keys = _create_exam(up)
    parts = up.parts()
    up.end(signal.SIGKILL)

    with Up(data) as again:
        assert httpx.post(f"{again.url()}/is_admin", json=keys).json() == {"admin": True}
        assert not _running(parts)


def test_a_part_that_dies_stops_the_rest_and_is_named(up: Up) -> None:
    up.url()
    parts = up.parts()
    next(part for part in parts if part.name() == "valkey-server").kill()

    _, said = up.process.communicate(timeout=120)

    assert up.process.returncode == 1
    assert "valkey ended with exit code -9" in said
    assert "Ready to accept connections" in said
    assert not _running(parts)


def test_a_second_start_on_the_same_data_is_refused(up: Up, data: Path) -> None:
    up.url()

    assert (
        _refusal(Up(data))
        == f"Another stack uses {data}: stop it, or choose another directory with --data.\n"
    )


def test_a_taken_port_is_refused(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = _refusal(Up(data, "--port", str(port)))

    assert said.startswith(f"Port {port} cannot be used")
    assert said.count("\n") == 1


def test_data_that_cannot_be_written_is_refused(data: Path) -> None:
    data.write_text("a file where the directory should be")

    assert _refusal(Up(data)) == f"The data directory {data} cannot be used: File exists.\n"


def test_a_wrong_setting_is_named(data: Path) -> None:
    said = _refusal(Up(data, MAX_BACKLOG="none"))

    assert said.startswith("MAX_BACKLOG: Input should be a valid integer")
    assert said.count("\n") == 1


def _create_exam(up: Up) -> dict[str, str]:
    """What its admin needs to be known as such."""
    created = httpx.post(f"{up.url()}/meetings", json={"title": "An exam that outlives a restart"}).json()
    return {"meeting_id": created["data"]["id"], "admin_id": created["admin_id"]}


def _refusal(up: Up) -> str:
    """What a start that fails at once says."""
    _, said = up.process.communicate(timeout=60)
    assert up.process.returncode == 2
    return said


def _running(parts: list[psutil.Process]) -> list[psutil.Process]:
    # An orphan that ended stays a zombie where process 1 does not collect it: a container without an init.
    return [part for part in parts if part.is_running() and part.status() != psutil.STATUS_ZOMBIE]
