"""The person network finds people with and without a face, in pictures of any size."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dev.load.candidates import PICTURES
from shared.settings import Detector, Settings
from shared.verdicts import DetectedPerson
from worker.engines.engine import load_detectors
from worker.engines.person_network import MIN_SCORE, PersonNetwork
from worker.frames.picture import decode

PERSONS = {
    "0-faces-empty-room.jpg": [],
    "1-face-astronaut.jpg": [(5, 16, 470, 464, 0.5978)],
    "1-face-obama.jpg": [(68, 24, 549, 456, 0.5227), (142, 144, 498, 336, 0.2659)],
    "2-faces-obama-astronaut.jpg": [(199, 16, 431, 464, 0.3933), (0, 102, 477, 378, 0.3837)],
}
"""Left, top, width, height and score. The network's outputs equal the TFLite runtime's to 5e-5."""


@pytest.fixture(scope="module")
def network() -> PersonNetwork:
    return PersonNetwork.load()


def pixels(name: str) -> NDArray[np.uint8]:
    return decode((PICTURES / name).read_bytes(), 4_000_000).pixels


def sides(person: DetectedPerson) -> tuple[int, int, int, int]:
    box = person.box
    return box.left, box.top, box.width, box.height


@pytest.mark.parametrize("name", PERSONS)
def test_persons_are_those_of_the_published_network(network: PersonNetwork, name: str) -> None:
    persons = network.detect(pixels(name))

    for person, (*box, score) in zip(persons, PERSONS[name], strict=True):
        assert np.abs(np.subtract(sides(person), box)).max() <= 1
        assert person.score == pytest.approx(score, abs=1e-3)


def test_person_without_a_face_is_found(network: PersonNetwork) -> None:
    picture = pixels("1-face-astronaut.jpg").copy()
    picture[60:230, 210:350] = 110  # a flat patch over the whole head

    assert network.detect(picture)[0].score > 0.3


@pytest.mark.parametrize("size", [(320, 240), (480, 640), (1280, 720), (1920, 1080)])
def test_boxes_scale_with_the_picture(network: PersonNetwork, size: tuple[int, int]) -> None:
    padded = Image.new("RGB", size, "black")
    picture = Image.fromarray(pixels("1-face-astronaut.jpg"))
    picture.thumbnail(size)
    padded.paste(picture)
    shrunk = picture.width / 640

    person = network.detect(np.asarray(padded))[0]

    expected = np.array(PERSONS["1-face-astronaut.jpg"][0][:4]) * shrunk
    assert np.abs(np.subtract(sides(person), expected)).max() < 0.15 * max(picture.size)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (20_000, 1), (1, 20_000), (79, 79), (2_000, 2_000)])
def test_nobody_is_in_blank_pictures_of_odd_sizes(network: PersonNetwork, size: tuple[int, int]) -> None:
    assert network.detect(np.full((size[1], size[0], 3), 120, np.uint8)) == ()


@pytest.mark.parametrize("seed", range(5))
def test_boxes_are_clipped_and_sorted(network: PersonNetwork, seed: int) -> None:
    randomness = np.random.default_rng(seed)
    width, height = randomness.integers(100, 900, 2).tolist()
    left, top = randomness.integers(-200, 200, 2).tolist()
    people = Image.fromarray(pixels("2-faces-obama-astronaut.jpg"))
    picture = people.crop((left, top, left + width, top + height))

    persons = network.detect(np.asarray(picture))

    assert persons
    assert [person.score for person in persons] == sorted((person.score for person in persons), reverse=True)
    for person in persons:
        box = person.box
        assert person.score >= MIN_SCORE
        assert box.left >= 0 < box.width
        assert box.top >= 0 < box.height
        assert box.left + box.width <= width
        assert box.top + box.height <= height


@pytest.mark.parametrize("brightness", [0, 60, 120, 180, 255])
@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (480, 640), (360, 640)])
def test_blank_picture_scores_below_the_rules(
    network: PersonNetwork, size: tuple[int, int], brightness: int
) -> None:
    """With other sizes of the input, such as 256x144, a blank picture scores up to 0.31."""
    persons = network.detect(np.full((size[1], size[0], 3), brightness, np.uint8))

    assert all(person.score < 0.28 for person in persons)


def test_simulated_detector_looks_for_nobody() -> None:
    detectors = load_detectors(Settings(detector=Detector.SIMULATED))

    assert detectors.persons is None
    assert "no person detector: DETECTOR=simulated" in detectors.version
