"""`python -m dev exam` and `python -m dev scenes`, on the project's own pictures."""

import re
import shutil
from pathlib import Path

import pytest

from dev.load.candidates import PICTURES
from tests.support.dev_command import run_dev

LABELS = """\
file,faces,persons,group
1-face-obama.jpg,1,1,first
1-face-obama-standing.jpg,1,1,first
2-faces-obama-astronaut.jpg,2,2,first
0-faces-empty-room.jpg,0,0,room
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One candidate: alone, with a helper, and the empty room."""
    (tmp_path / "labels.csv").write_text(LABELS)
    for line in LABELS.splitlines()[1:]:
        shutil.copy(PICTURES / line.split(",")[0], tmp_path)
    return tmp_path


def test_exam_finds_each_event_and_nothing_else(folder: Path) -> None:
    done = run_dev("exam", folder, "--hours", "0.25")

    assert done.returncode == 0, done.stderr
    assert "false flags: 0" in done.stdout
    for events in ("absences of 20 s and more", "helpers of 30 s", "all events"):
        [(found, count)] = re.findall(rf"{events} found: +(\d+) of (\d+)", done.stdout)
        assert int(found) == int(count) > 0
    assert re.search(r"all events .*, flagged after [\d.]+ s \(median\), [\d.]+ s \(worst\)", done.stdout)


def test_exam_judges_by_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_FACE_SECONDS", "600")
    monkeypatch.setenv("FACES_ALLOWED", "2")

    done = run_dev("exam", folder, "--hours", "0.25")

    assert re.findall(r"found: +(\d+) of", done.stdout) == ["0", "0", "0"], done.stderr
    assert "missed: first at" in done.stdout


def test_exam_without_a_candidate_is_refused(tmp_path: Path) -> None:
    shutil.copy(PICTURES / "0-faces-empty-room.jpg", tmp_path)
    (tmp_path / "labels.csv").write_text("file,faces,group\n0-faces-empty-room.jpg,0,room\n")

    done = run_dev("exam", tmp_path)

    assert done.returncode == 2
    assert "exactly one person" in done.stderr


def test_scenes_are_drawn_and_judged(tmp_path: Path) -> None:
    done = run_dev("scenes", "--out", tmp_path)

    assert done.returncode == 0, done.stderr
    right = dict(re.findall(r"^(\S.*?)  +right +(\d+) of", done.stdout, re.MULTILINE))
    assert right["unchanged"] == right["mask"] == right["virtual background"] == "5"
    assert len(list(tmp_path.glob("*.jpg"))) == len(right) > 10
