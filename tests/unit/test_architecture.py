"""docs/architecture.md names paths that exist, and every folder of the code."""

import re
from pathlib import Path

import pytest

from dev.stack.processes import ROOT

PAGE = ROOT / "docs/architecture.md"
PATH = re.compile(r"`([\w.-]+/[\w./-]*)`")
SIDES = ("api", "worker", "shared", "frontend/src", "dev")
MAX_FILES = 25


def section(title: str) -> str:
    [text] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return str(text)


def has_files(folder: Path) -> bool:
    """Return False for a folder that holds only compiled modules, as a moved one leaves behind."""
    return any(path.is_file() and path.parent.name != "__pycache__" for path in folder.rglob("*"))


def test_every_path_exists() -> None:
    paths = PATH.findall(PAGE.read_text())

    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("side", SIDES)
def test_every_folder_is_named(side: str) -> None:
    folders = {path.name for path in (ROOT / side).iterdir() if path.is_dir() and has_files(path)}

    assert {f"{side}/{name}/" for name in folders} - set(PATH.findall(section("Layout"))) == set()


def test_frame_path_lists_few_files() -> None:
    files = set(PATH.findall(section("The way of a frame")))

    assert 0 < len(files) <= MAX_FILES
    assert all((ROOT / path).is_file() for path in files)
