"""A model file is used only if it is the expected one; without it a worker goes on with less."""

import sys
from importlib.resources import files
from pathlib import Path

import pytest

from shared.settings import Detector, Settings
from worker.engines.engine import load_detectors, load_engine
from worker.engines.model_file import PACKAGE, PACKAGED, ModelError, find_packaged

REAL = files(PACKAGE)
GUIDED = Settings(detector=Detector.DLIB_GUIDED)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an empty package in place of the one with the models; return its folder."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.mark.parametrize("name", PACKAGED)
def test_build_has_the_expected_bytes(name: str) -> None:
    assert find_packaged(name).read_bytes() == (REAL / name).read_bytes()


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("name", PACKAGED)
def test_missing_file_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match=rf"{name} can't be read .*pip install .*worker/model-files"):
        find_packaged(name)


@pytest.mark.parametrize("name", PACKAGED)
def test_truncated_file_is_refused(package: Path, name: str) -> None:
    (package / name).write_bytes((REAL / name).read_bytes()[:100_000])

    with pytest.raises(ModelError, match=r"damaged or of another version \(100000 bytes.*pip install"):
        find_packaged(name)


@pytest.mark.parametrize("name", PACKAGED)
def test_file_with_one_other_byte_is_refused(package: Path, name: str) -> None:
    model = bytearray((REAL / name).read_bytes())
    model[len(model) // 2] ^= 1
    (package / name).write_bytes(model)

    with pytest.raises(ModelError, match=PACKAGED[name]):
        find_packaged(name)


def test_missing_package_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)

    with pytest.raises(ModelError, match=r"proctor_model_files is missing: .*pip install"):
        find_packaged("person.onnx")


def test_faces_alone_are_judged_without_the_network(package: Path, caplog: pytest.LogCaptureFixture) -> None:
    (package / "person.onnx").write_bytes(b"something else")

    detectors = load_detectors(GUIDED)

    assert detectors.persons is None
    assert "no person detector: " in detectors.version
    assert "damaged or of another version" in detectors.version
    assert "judged by faces alone" in caplog.text


@pytest.mark.usefixtures("package")
def test_dlib_works_alone_without_the_network(caplog: pytest.LogCaptureFixture) -> None:
    engine = load_engine(GUIDED)

    assert engine.name == "dlib-alone"
    assert "yunet.onnx can't be read" in engine.version
    assert "dlib alone" in caplog.text
