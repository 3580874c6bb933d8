"""`python -m dev accuracy` on labelled pictures, and the minimum accuracy of the default engine."""

import csv
import json
import re
import shutil
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from dev.accuracy.scores import Score
from dev.load.candidates import PICTURES
from shared.rate import Rate
from tests.support.dev_command import run_dev


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


accuracy = partial(run_dev, "accuracy")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One person, two persons and nobody; nobody has counted the persons of the last picture."""
    pictures = tmp_path_factory.mktemp("few")
    (pictures / "labels.csv").write_text(
        "file,faces,persons\n"
        "1-face-obama.jpg,1,1\n2-faces-biden-obama.jpg,2,2\n0-faces-empty-room.jpg,0,0\n1-face-biden.jpg,1,\n"
    )
    for line in (pictures / "labels.csv").read_text().splitlines()[1:]:
        name = line.split(",")[0]
        shutil.copy(PICTURES / name, pictures / name)
    return pictures


@pytest.fixture(scope="module")
def measured(few: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The output of the command, and the run that it saved."""
    out = tmp_path_factory.mktemp("measured")
    done = accuracy(few, "--engine", "dlib-guided", "--out", out)
    assert done.returncode == 0, done.stderr
    return done.stdout, out / "run.json"


def test_default_engine_reaches_the_required_accuracy(folder: Path, tmp_path: Path) -> None:
    done = accuracy(folder, "--engine", "dlib-guided", "--group", "camera", "--out", tmp_path / "out")

    assert done.returncode == 0, done.stderr
    figures = re.findall(r"^    all +36 +([\d.]+) +([\d.]+) +([\d.]+)", done.stdout, re.MULTILINE)
    (confirmed, _, _), (_, _, more_than_one), (_, _, several), (_, _, nobody) = figures
    assert float(confirmed) == 1
    assert float(more_than_one) >= 0.95
    assert float(several) >= 0.95
    assert float(nobody) >= 0.88
    assert "leaning" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "f1-against-time.png",
        "mistakes-dlib-guided.jpg",
        "run.json",
    }


def test_rates_leave_out_frames_with_unknown_persons(measured: tuple[str, Path]) -> None:
    output, _ = measured
    rates = dict(re.findall(r"^    (\D+?)  +(\d+ of \d+): ", output, re.MULTILINE))

    assert rates == {
        "one person called nobody": "0 of 2",
        "nobody called somebody": "0 of 1",
        "second persons found": "1 of 1",
        "false second bodies, one person": "0 of 1",
        "one or none called several": "0 of 2",
    }


def test_comparison_names_the_changed_picture(few: Path, measured: tuple[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    _, saved = measured
    run = json.loads(saved.read_text())
    run["engines"]["dlib-guided"]["answers"]["1-face-obama.jpg"]["state"] = "n"
    (tmp_path / "earlier.json").write_text(json.dumps(run))

    done = accuracy(few, "--engine", "dlib-guided", "--out", out, "--against", tmp_path / "earlier.json")

    assert done.stdout.splitlines()[-2:] == [
        "dlib-guided: 1 of 4 answers changed",
        "  1-face-obama.jpg: nobody -> one",
    ], done.stderr


def test_file_that_is_no_saved_run_is_explained(few: Path) -> None:
    done = accuracy(few, "--against", few / "labels.csv")

    assert done.returncode == 2
    assert "is not a saved run" in done.stderr


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (None, "can't be read"),
        ("file,count\n", "has no column faces"),
        ("file,faces\n", "lists no picture"),
        ("file,faces\nnothing.jpg,1\n", "line 2: there is no picture"),
        ("file,faces,persons\nlabels.csv,1,many\n", "line 2: persons is 'many'"),
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

    assert (score.precision.share, score.recall.share) == (0.8, 0.5)
    assert score.f1 == pytest.approx(2 * 0.8 * 0.5 / 1.3)
    assert score.f1_interval[0] < score.f1 < score.f1_interval[1]
    assert Rate(1, 10).interval == pytest.approx((0.018, 0.404), abs=0.001)
    assert Rate(0, 0).interval == (0, 1)
