"""What pip makes of the requirements."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_gateway_installs_nothing_that_sees_pixels(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    _pip(
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--report",
        str(report),
        "-r",
        "requirements-api.txt",
    )

    installed = {package["metadata"]["name"].lower() for package in json.loads(report.read_text())["install"]}

    assert "fastapi" in installed
    assert not installed & {
        "numpy",
        "pillow",
        "dlib",
        "dlib-bin",
        "face-recognition",
        "opencv-python-headless",
    }


def test_the_worker_installs_without_compiling_dlib(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    _pip(
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--report",
        str(report),
        "-r",
        "requirements-worker.txt",
    )

    source = {
        package["metadata"]["name"]: package["download_info"]["url"]
        for package in json.loads(report.read_text())["install"]
    }

    assert source["dlib"].startswith("file:")  # the empty stand-in
    assert source["dlib-bin"].endswith(".whl")


def test_what_is_installed_fits_together() -> None:
    assert _pip("check") == "No broken requirements found.\n"


def _pip(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
