"""No picture crashes a worker process or exceeds its limits of memory and time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev.stack.processes import ROOT
from shared.queue import TASK_SECONDS
from shared.settings import Settings
from tests.support.malformed_pictures import decompression_bombs, malformed_pictures
from worker.frames.picture import PictureError, decode

pytestmark = pytest.mark.slow

MOST_MEMORY = {"dlib-guided": 150_000_000, "dlib-hog": 400_000_000}
"""Bytes beyond those of an ordinary frame; SECURITY.md states the default engine's."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("malformed-pictures")
    for name, data in malformed_pictures():
        (directory / name).write_bytes(data)
    return directory


@pytest.mark.parametrize("detector", MOST_MEMORY)
def test_worker_process_survives_every_picture(pictures: Path, detector: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.judge_pictures", pictures],
        cwd=ROOT,
        env=os.environ | {"DETECTOR": detector},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    cost = json.loads(done.stdout)
    assert cost["judged"] > 50
    assert cost["refused"] > 50
    assert cost["grown"] < MOST_MEMORY[detector], cost
    # Beyond this time the worker kills the process.
    assert cost["seconds"] < TASK_SECONDS, cost


@pytest.mark.parametrize("name", sorted(set(decompression_bombs()) - {"200 MB of profile"}))
def test_decompression_bomb_is_refused(name: str) -> None:
    with pytest.raises(PictureError):
        decode(decompression_bombs()[name], Settings().max_frame_pixels)
