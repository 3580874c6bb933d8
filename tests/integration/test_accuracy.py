"""`python -m dev accuracy` on labelled pictures, and the minimum accuracy of the default engine."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from dev.accuracy.scores import Score, interval
from dev.load.candidates import PICTURES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The public-domain pictures, unchanged and degraded as by a poor camera."""
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "faces", "kind", "camera"])
        for path in sorted(PICTURES.glob("*.jpg")):
            picture = Image.open(path)
            for camera, version in {
                "good": picture,
                "leaning": picture.rotate(25),
                "far": picture.resize((240, 180)),
                "dark": picture.point(lambda level: level // 4),
            }.items():
                name = f"{camera}-{path.stem}.png"
                version.save(tmp_path / name)
                rows.writerow([name, path.name[0], "easy" if camera == "good" else "hard", camera])
    return tmp_path


def accuracy(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dev", "accuracy", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_default_engine_reaches_the_required_accuracy(folder: Path, tmp_path: Path) -> None:
    done = accuracy(folder, "--engine", "dlib-guided", "--group", "camera", "--out", tmp_path / "out")

    assert done.returncode == 0, done.stderr
    figures = re.findall(r"^    all +36 +([\d.]+) +([\d.]+) +([\d.]+)", done.stdout, re.MULTILINE)
    (confirmed, _, _), (_, _, more_than_one), (_, _, nobody) = figures
    assert float(confirmed) == 1
    assert float(more_than_one) >= 0.95
    assert float(nobody) >= 0.88
    assert "leaning" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "f1-against-time.png",
        "mistakes-dlib-guided.jpg",
    }


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (None, "can't be read"),
        ("file,count\n", "has no column faces"),
        ("file,faces\n", "lists no picture"),
        ("file,faces\nnothing.jpg,1\n", "line 2: there is no picture"),
    ],
)
def test_invalid_folder_is_explained(tmp_path: Path, labels: str | None, reason: str) -> None:
    if labels is not None:
        (tmp_path / "labels.csv").write_text(labels)

    done = accuracy(tmp_path)

    assert done.returncode == 2
    assert reason in done.stderr


def test_scores_and_intervals_are_computed() -> None:
    score = Score(right=8, false_alarms=2, missed=8)

    assert (score.precision, score.recall) == (0.8, 0.5)
    assert score.f1 == pytest.approx(2 * 0.8 * 0.5 / 1.3)
    assert interval(1, 10) == pytest.approx((0.018, 0.404), abs=0.001)
    assert interval(0, 0) == (0, 1)
