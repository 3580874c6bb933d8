"""`python -m dev fetch-model`: download a model file for `dlib-guided`."""

import argparse
import hashlib
from pathlib import Path

import httpx

from dev.stack.errors import CannotStartError
from worker.engines.model_file import OTHER_YUNETS

URL = "https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/master/onnx/yunet_n_640_640.onnx"


def main(arguments: list[str]) -> int:
    """Download YuNet-N and print how to use it; nothing is written unless its SHA-256 is known."""
    parser = argparse.ArgumentParser(prog="python -m dev fetch-model")
    parser.add_argument("path", nargs="?", type=Path, default=Path(".data/yunet-n.onnx"))
    parser.add_argument("--url", default=URL, help="a mirror of the file")
    options = parser.parse_args(arguments)
    model = _download(options.url)
    options.path.parent.mkdir(parents=True, exist_ok=True)
    options.path.write_bytes(model)
    name = OTHER_YUNETS[hashlib.sha256(model).hexdigest()]
    print(f"{name} is in {options.path}: set DETECTOR_MODEL={options.path}")
    return 0


def _download(url: str) -> bytes:
    try:
        model = httpx.get(url, follow_redirects=True, timeout=60).raise_for_status().content
    except httpx.HTTPError as error:
        raise CannotStartError(f"the model could not be downloaded: {error}") from error
    digest = hashlib.sha256(model).hexdigest()
    if digest not in OTHER_YUNETS:
        raise CannotStartError(f"{url} is not the expected model: its SHA-256 is {digest}")
    return model
