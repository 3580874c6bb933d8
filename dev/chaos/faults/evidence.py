"""Faults of the image host, and a full disk."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, func, select

from dev.chaos.faults.fault import Fault
from dev.chaos.system import System
from dev.vendors import imgur
from dev.vendors import server as vendor
from shared.db.tables import Evidence, EvidenceStatus
from shared.settings import StoreName

DISK_BYTES = 16_000_000
FAILURES: dict[str, vendor.Fault] = {
    "answers 429": imgur.TOO_MANY_REQUESTS,
    "answers 500": imgur.SERVER_ERROR,
    "answers HTML": vendor.Answer(200, "<html><h1>Imgur is over capacity!</h1></html>"),
    "drops the connection": vendor.NoAnswer.CONNECTION_DROPPED,
    "never answers": vendor.NoAnswer.NEVER,
    "takes 20 s": vendor.Slowly(20),
}


def _waiting(system: System, condition: ColumnElement[bool]) -> int:
    """Return how many pictures that satisfy `condition` wait for their store."""
    query = select(func.count()).where(Evidence.status == EvidenceStatus.PENDING, condition)
    with system.database.connect() as connection:
        return connection.execute(query).scalar_one()


def _is_stored(system: System, since: float) -> bool:
    """Return whether every picture from before `since` is stored."""
    age = func.extract("epoch", func.clock_timestamp() - Evidence.created_at)
    return not _waiting(system, age > time.monotonic() - since)


def _fail(failure: vendor.Fault, system: System) -> None:
    before = system.imgur.requests
    system.imgur.fault = failure
    system.parts.wait_until(lambda: system.imgur.requests > before + 1, "the image host is asked")
    system.imgur.fault = None


def _fill_disk(system: System) -> None:
    """Store evidence on a small disk that is full; then free space."""
    if not system.full_disk.exists():
        system.full_disk.mkdir()
        system.exit.enter_context(_small_disk(system.full_disk))
    heap = system.full_disk / "heap"
    with heap.open("wb") as file, suppress(OSError):
        while True:
            os.write(file.fileno(), bytes(4_096))
    _store_at(system, {"EVIDENCE_STORE": StoreName.LOCAL, "EVIDENCE_PATH": str(system.full_disk)})
    no_room = Evidence.last_error.contains("free space")
    system.parts.wait_until(lambda: _waiting(system, no_room) > 0, "an upload fails because the disk is full")
    heap.unlink()
    system.parts.wait_until(lambda: not _waiting(system, no_room), "the pictures that failed are stored")
    _store_at(system, {"EVIDENCE_STORE": StoreName.IMGUR})


@contextmanager
def _small_disk(place: Path) -> Iterator[None]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    unmount = ["umount", str(place)]
    subprocess.run(mount, check=True, capture_output=True, text=True)
    try:
        yield
    finally:
        subprocess.run(unmount, check=True)


def _store_at(system: System, settings: dict[str, str]) -> None:
    system.parts.stop("evidence")
    system.parts["evidence"].environment.update(settings)
    system.parts.start("evidence")


def _no_small_disk() -> str | None:
    """Return why no disk can be mounted: only root may, and in most containers not even root."""
    try:
        with tempfile.TemporaryDirectory() as place, _small_disk(Path(place)):
            return None
    except subprocess.CalledProcessError as error:
        why, *_ = error.stderr.splitlines()
        return f"no small disk can be mounted: {why}"
    except FileNotFoundError as error:
        return f"no small disk can be mounted: {error}"


FAULTS = (
    *(
        Fault(
            f"the image host {words}",
            partial(_fail, failure),
            _is_stored,
            takes_long=failure is vendor.NoAnswer.NEVER,
        )
        for words, failure in FAILURES.items()
    ),
    Fault("the disk with the evidence is full", _fill_disk, _is_stored, _no_small_disk),
)
