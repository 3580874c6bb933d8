"""`python -m dev fetch-model` with a local server."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.dev_command import run_dev


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "model.onnx").write_bytes(b"a login page instead of a model")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("file", "reason"),
    [("model.onnx", "is not the expected model"), ("nothing.onnx", "could not be downloaded")],
)
def test_wrong_download_is_not_saved(mirror: str, tmp_path: Path, file: str, reason: str) -> None:
    target = tmp_path / "saved.onnx"

    done = run_dev("fetch-model", target, "--url", f"{mirror}/{file}")

    assert done.returncode == 2
    assert reason in done.stderr
    assert not target.exists()
