"""Programs that tests need and that are no Python packages."""

import os
import shutil
from pathlib import Path

import pytest


def require_program(*names: str, tested: str, package: str | None) -> Path:
    """Return the path of the first of these programs that is installed.

    If there is none, skip the test of `tested`, or fail it in CI if Debian has the `package`.
    """
    # Debian installs servers outside an ordinary user's PATH.
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
    for name in names:
        if found := shutil.which(name, path=path):
            return Path(found)
    missing = f"NOT tested: {tested}. There is no {names[0]}."
    if package is None:
        pytest.skip(missing)
    missing += f" On Debian: apt install {package}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
