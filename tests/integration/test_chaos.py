"""`make chaos`: each fault once, and proof that lost frames are detected."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from dev.chaos import drain
from dev.chaos.faults import FAULTS
from dev.chaos.system import System
from dev.stack.processes import ROOT
from shared.jobs.model import job_key

pytestmark = pytest.mark.slow


def run_chaos(*options: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run the command, wrapped by the command `before`."""
    command = [*before, sys.executable, "-m", "dev", "chaos", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_frame_is_accounted_for_under_each_fault() -> None:
    left_out = {fault.name for fault in FAULTS if fault.obstacle()}

    done = run_chaos("--seed", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    rows = {fault.name: line for fault in FAULTS for line in done.stdout.splitlines() if fault.name in line}
    assert rows.keys() == {fault.name for fault in FAULTS if not fault.takes_long}
    assert {name for name, row in rows.items() if "left out: " in row} == left_out


def test_impossible_fault_is_reported() -> None:
    # Root without the right to mount, as in a container; other users have no such right.
    no_mount = ["setpriv", "--bounding-set=-sys_admin"] if os.geteuid() == 0 else []

    done = run_chaos("--only", "the disk with the evidence is full", before=no_mount)

    assert done.returncode == 2
    assert "the disk with the evidence is full is impossible: no small disk can be mounted" in done.stderr


def test_lost_frame_and_duplicate_picture_are_detected() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="proctor-chaos-") as data,
        System(Path(data), seed=1) as system,
    ):
        system.parts.wait_until(lambda: bool(system.imgur.pictures), "evidence is stored")
        system.imgur.pictures["copy"] = next(iter(system.imgur.pictures.values()))
        system.parts.stop("frames")
        main = system.main
        system.parts.wait_until(
            lambda: any(frame.meeting_id == main.meeting_id for frame in system.stream.open), "a frame waits"
        )
        lost = next(frame.job_id for frame in system.stream.open if frame.meeting_id == main.meeting_id)
        main.redis.delete(job_key(UUID(lost)))
        system.parts.start("frames")

        result = drain(system)

    assert [frame.job_id for frame in result.lost] == [lost]
    assert result.copies == 1
    assert len(result.problems) == 2
    assert len(result.judged) == len(system.stream.frames) - 1
