"""The requirements: complete for each side, pinned and hash-checked."""

import ast
import re
import shutil
import subprocess
import sys
import venv
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from uv import find_uv_bin

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / "constraints.txt"
PINNED = re.compile(r"^([\w.-]+)(?:\[\w+\])?==([^\s;]+)", re.MULTILINE)


def normalise(name: str) -> str:
    """Return a distribution's normalised name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> set[tuple[str, str]]:
    """Return names and pinned versions in a requirements or constraints file."""
    return {(normalise(name), version) for name, version in PINNED.findall(text)}


def imported(directory: str) -> set[str]:
    """Return imported top-level modules that are third-party."""
    modules: set[str] = set()
    # Not what a folder with its own pyproject.toml imports when it is built.
    sources = [path for path in (ROOT / directory).rglob("*.py") if "model-files" not in path.parts]
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.partition(".")[0])
    return modules - sys.stdlib_module_names - {"api", "shared", "worker"}


@pytest.mark.parametrize("side", ["api", "worker"])
def test_requirements_list_every_imported_package(side: str) -> None:
    distributions = dict(packages_distributions()) | {"dlib": ["dlib-bin"]}  # its metadata lists no module
    needed = {normalise(distributions[module][0]) for module in imported(side) | imported("shared")}

    named = {name for name, _ in pinned((ROOT / f"requirements-{side}.txt").read_text())}
    assert needed <= named


def test_every_version_is_pinned() -> None:
    every_python = ("--universal", "--python-version", "3.11")
    resolved = _resolve("dev/requirements.txt", *every_python, "-c", str(CONSTRAINTS))

    assert pinned(resolved) <= pinned(CONSTRAINTS.read_text())


def test_package_with_a_wrong_hash_is_refused(tmp_path: Path) -> None:
    text = CONSTRAINTS.read_text()
    start = text.index("\nsix==")
    end = text.index("==", start + len("\nsix=="))
    forged = re.sub(r"sha256:.{8}", "sha256:00000000", text[start:end])
    (tmp_path / "constraints.txt").write_text(text[:start] + forged + text[end:])
    (tmp_path / "requirements.txt").write_text("six\n")
    shutil.copy(ROOT / "dev/install.sh", tmp_path)

    done = subprocess.run(
        ["/bin/sh", "install.sh", "venv", "requirements.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "A package is not the one that constraints.txt names" in done.stderr


def test_environment_is_reinstalled_if_its_python_is_gone(tmp_path: Path) -> None:
    installs, environment = f"sh dev/install.sh {tmp_path}/venv", tmp_path / "venv"
    make = ("make", "--dry-run", f"VENV={environment}")
    venv.create(environment, symlinks=True, with_pip=True)
    for stamp in ("installed", "installed-demo"):
        (environment / stamp).touch()
    assert installs not in _run(*make, "demo") + _run(*make, "test")

    for python in (environment / "bin").glob("python*"):
        python.unlink()

    assert installs in _run(*make, "demo")
    assert installs in _run(*make, "test")


def test_gateway_installs_no_image_packages() -> None:
    installed = {name for name, _ in pinned(_resolve("requirements-api.txt"))}

    assert "fastapi" in installed
    assert not installed & {
        "numpy",
        "pillow",
        "dlib",
        "dlib-bin",
        "face-recognition",
        "opencv-python-headless",
    }


def test_worker_installs_without_compiling_dlib() -> None:
    resolved = _resolve("requirements-worker.txt")

    assert "./worker/dlib-from-wheel" in resolved.splitlines()  # an empty package takes dlib's place
    assert "dlib" not in {name for name, _ in pinned(resolved)}


def test_installed_packages_are_compatible() -> None:
    assert _pip("check") == "No broken requirements found.\n"


def _pip(*arguments: str) -> str:
    return _run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments)


def _resolve(requirements: str, *arguments: str) -> str:
    """Return what would be installed, one line per package."""
    return _run(find_uv_bin(), "pip", "compile", "--quiet", "--no-annotate", *arguments, requirements)


def _run(*command: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
