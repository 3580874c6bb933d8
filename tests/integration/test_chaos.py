"""`make chaos`: each fault once, and proof that it would notice."""

import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import UUID

from dev.chaos import settle
from dev.chaos.system import System
from dev.processes import ROOT
from shared.jobs import job_key


def test_each_fault_once_and_every_frame_is_accounted_for() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dev", "chaos", "--seed", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_frame_that_is_lost_and_a_picture_that_is_doubled_are_noticed() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="proctor-chaos-") as data,
        System(Path(data), seed=1) as system,
    ):
        system.parts.wait_until(lambda: bool(system.imgur.pictures), "evidence is stored")
        system.imgur.pictures["copy"] = next(iter(system.imgur.pictures.values()))
        system.parts.stop("frames")
        system.parts.wait_until(lambda: bool(system.stream.open), "a frame waits")
        lost = system.stream.open[0].job_id
        system.redis.delete(job_key(UUID(lost)))
        system.parts.start("frames")

        result = settle(system)

    assert [frame.job_id for frame in result.lost] == [lost]
    assert result.copies == 1
    assert len(result.troubles) == 2
    assert len(result.judged) == len(system.stream.frames) - 1
