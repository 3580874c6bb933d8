"""Presence, second persons and confirmation in scenes drawn into the public-domain pictures."""

import pytest
from PIL import Image, ImageEnhance, ImageOps

from dev.load.candidates import PICTURES
from dev.scenes import SCENES, conclude, draw_all
from dev.scenes.portrait import read_portraits
from shared.presence.observations import ObservationState
from shared.settings import Settings
from worker.engines.engine import Detectors

RULES = Settings().rules


def conclusions(name: str, detectors: Detectors) -> list[ObservationState]:
    """Return what a worker concludes from the scene, drawn into each picture that has room for it."""
    scene = SCENES[name]
    files = sorted(PICTURES.glob(f"{scene.faces}-*.jpg"))
    portraits = list(read_portraits(files, detectors.engine, RULES.face_threshold, faces=scene.faces))
    return [conclude(detectors, RULES, picture) for picture in draw_all(scene, portraits)]


@pytest.mark.parametrize("name", ["bent head", "veil", "backlight", "night, light of a screen"])
def test_person_whose_face_is_hard_to_see_is_present(name: str, detectors: Detectors) -> None:
    states = conclusions(name, detectors)

    assert len(states) == 5
    assert set(states) <= {ObservationState.FACE_HIDDEN, ObservationState.ALLOWED}


def test_body_without_a_head_is_not_nobody(detectors: Detectors) -> None:
    states = conclusions("body without head", detectors)

    assert states
    assert ObservationState.NOBODY not in states


@pytest.mark.parametrize("name", ["0-faces-empty-room.jpg", "others/cat.jpg"])
def test_picture_without_a_person_shows_nobody(name: str, detectors: Detectors) -> None:
    with Image.open(PICTURES / name) as picture:
        assert conclude(detectors, RULES, picture) is ObservationState.NOBODY


def test_profile_is_a_face_and_its_body_a_person(detectors: Detectors) -> None:
    with Image.open(PICTURES / "others/photographer.jpg") as photographer:
        body = photographer.crop((0, 195, 380, 480)).resize((640, 480))

        assert conclude(detectors, RULES, photographer) is ObservationState.ALLOWED
        assert conclude(detectors, RULES, body) is ObservationState.FACE_HIDDEN


@pytest.mark.parametrize("name", ["1-face-astronaut", "1-face-obama"])
def test_body_beside_the_candidate_is_suspected(name: str, detectors: Detectors) -> None:
    file = PICTURES / f"{name}.jpg"
    [candidate] = read_portraits([file], detectors.engine, RULES.face_threshold, faces=1)
    frame = Image.new("RGB", (640, 480))
    frame.paste(ImageOps.fit(candidate.image, (320, 480), centering=candidate.centre), (320, 0))
    with Image.open(PICTURES / "others/photographer.jpg") as photographer:
        frame.paste(ImageOps.fit(photographer.crop((20, 195, 240, 480)), (320, 480)))

    assert conclude(detectors, RULES, frame) is ObservationState.SUSPECTED


def test_helper_without_a_visible_face_is_only_suspected(detectors: Detectors) -> None:
    states = conclusions("helper without a visible face", detectors)

    assert len(states) == 6
    assert states.count(ObservationState.SUSPECTED) >= 4
    assert ObservationState.CONFIRMED not in states


@pytest.mark.parametrize(
    "name", ["unchanged", "16:9", "portrait phone", "virtual background", "sunglasses", "mask"]
)
def test_one_person_is_one_person(name: str, detectors: Detectors) -> None:
    assert conclusions(name, detectors) == [ObservationState.ALLOWED] * 5


def test_print_that_resembles_faces_is_not_confirmed(detectors: Detectors) -> None:
    """A dotted tie, seen close in dim light, was confirmed by dlib's score alone at its earlier threshold."""
    with Image.open(PICTURES / "1-face-obama.jpg") as picture:
        tie = picture.crop((224, 365, 358, 465)).resize((640, 480))
    dim = ImageEnhance.Brightness(tie).enhance(0.5)
    earlier = RULES.model_copy(update={"confirm_threshold": -0.9, "sure_face_allowance": 0.0})

    assert conclude(detectors, earlier, dim) is ObservationState.CONFIRMED
    assert conclude(detectors, RULES, dim) is ObservationState.SUSPECTED
