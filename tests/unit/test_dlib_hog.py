"""The tutorial's engine finds the same faces as the tutorial's call, with scores."""

import importlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dev.load.candidates import PICTURES
from shared.verdicts import Box, Face
from tests.support.samples import DEFAULT_RULES
from worker.engines.dlib_hog import DlibHog
from worker.frames.picture import decode

FRAMES = sorted(PICTURES.glob("*.jpg"))


@pytest.fixture(scope="module")
def engine() -> DlibHog:
    return DlibHog()


@pytest.fixture(scope="module")
def face_locations() -> Callable[[np.ndarray], list[tuple[int, int, int, int]]]:
    # Importing it loads its models, which takes a second.
    return importlib.import_module("face_recognition").face_locations  # type: ignore[no-any-return]


def test_sample_pictures_cover_zero_to_two_faces() -> None:
    assert {frame.name[0] for frame in FRAMES} == {"0", "1", "2"}


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.stem)
def test_boxes_match_face_locations(
    engine: DlibHog,
    face_locations: Callable[[np.ndarray], list[tuple[int, int, int, int]]],
    frame: Path,
) -> None:
    picture = decode(frame.read_bytes(), 4_000_000).pixels

    faces = engine.detect(picture)

    expected = {
        Box(left=left, top=top, width=right - left, height=bottom - top)
        for top, right, bottom, left in face_locations(picture)
    }
    assert {face.box for face in faces} == expected
    assert len(faces) == int(frame.name[0])


def test_scores_exceed_the_threshold_and_are_sorted(engine: DlibHog) -> None:
    picture = decode((PICTURES / "2-faces-biden-obama.jpg").read_bytes(), 4_000_000).pixels

    scores = [face.score for face in engine.detect(picture)]

    assert scores == sorted(scores, reverse=True)
    assert all(score > engine.thresholds(DEFAULT_RULES).face for score in scores)


def test_box_of_a_face_at_the_edge_is_clipped(engine: DlibHog) -> None:
    whole = decode((PICTURES / "1-face-astronaut.jpg").read_bytes(), 4_000_000).pixels
    (face,) = engine.detect(whole)
    cut = np.ascontiguousarray(whole[face.box.top + face.box.height // 8 :, :])

    (cut_face,) = engine.detect(cut)

    assert cut_face.box.top == 0
    assert cut_face.box.left + cut_face.box.width <= cut.shape[1]


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (79, 79), (2_000, 2_000)])
def test_blank_pictures_of_odd_sizes_have_no_faces(engine: DlibHog, size: tuple[int, int]) -> None:
    picture = np.asarray(Image.new("RGB", size, "teal"))

    assert engine.detect(picture) == ()


def test_result_does_not_depend_on_earlier_pictures(engine: DlibHog) -> None:
    def detect(name: str) -> tuple[Face, ...]:
        return engine.detect(decode((PICTURES / name).read_bytes(), 4_000_000).pixels)

    first = detect("1-face-obama.jpg")
    detect("2-faces-biden-obama.jpg")

    assert detect("1-face-obama.jpg") == first
