"""The networks' files: read, and checked by their SHA-256 before they are used."""

import hashlib
from importlib.resources import files
from pathlib import Path

PACKAGE = "proctor_model_files"
INSTALL = "install it with `pip install --force-reinstall ./worker/model-files`"

PACKAGED = {
    "person.onnx": "eb0d0f1dcad57ab61917dcb8cc23d57531ee5bb83538c7ee204a07fd12178331",
    "yunet.onnx": "d4a2a76111e5a9858547d2dc4908eb1e9110b7b50cc299b786a3b41cc337d48c",
}
"""The files that `worker/model-files` builds. Other contents are damaged or of another version."""

OTHER_YUNETS = {
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4": "YuNet 2023mar",
    "25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31": "YuNet-N",
}
"""The files that `DETECTOR_MODEL` may name, by SHA-256."""


class ModelError(Exception):
    """A model file is not usable; the message says why, and how to get it."""


def find_packaged(name: str) -> Path:
    """Return the path of a file that `worker/model-files` builds, after checking it. Raises ModelError."""
    try:
        path = Path(str(files(PACKAGE) / name))
        model = path.read_bytes()
    except ModuleNotFoundError as error:
        raise ModelError(f"the package {PACKAGE} is missing: {INSTALL}") from error
    except OSError as error:
        raise ModelError(f"{name} can't be read from {PACKAGE} ({error.strerror}): {INSTALL}") from error
    if (digest := _digest(model)) != PACKAGED[name]:
        raise ModelError(
            f"{name} in {PACKAGE} is damaged or of another version "
            f"({len(model)} bytes, SHA-256 {digest}, expected {PACKAGED[name]}): {INSTALL}"
        )
    return path


def identify_other_yunet(path: Path) -> str:
    """Return the name of the network in the file that `DETECTOR_MODEL` names. Raises ModelError."""
    try:
        model = path.read_bytes()
    except OSError as error:
        raise ModelError(f"DETECTOR_MODEL can't be read: {error}") from error
    digest = _digest(model)
    if digest not in OTHER_YUNETS:
        known = " or ".join(OTHER_YUNETS.values())
        raise ModelError(
            f"DETECTOR_MODEL must be {known}, but the SHA-256 of {path} ({len(model)} bytes) is {digest}: "
            "get one with `python -m dev fetch-model`"
        )
    return OTHER_YUNETS[digest]


def _digest(model: bytes) -> str:
    return hashlib.sha256(model).hexdigest()
