"""`python -m dev scenes`: draw hard scenes into pictures, and show what the worker concludes."""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from dev.accuracy.frames import JPEG_QUALITY
from dev.accuracy.labels import read_labels
from dev.accuracy.report import format_rate
from dev.accuracy.saved_run import WORDS
from dev.load.candidates import EMPTY_ROOM, PICTURES
from dev.scenes import covered, crowded, lit
from dev.scenes.portrait import Portrait, read_portraits
from dev.stack.errors import CannotStartError
from shared.presence.observations import ObservationState, observation_state
from shared.rate import Rate
from shared.rules import Rules
from shared.settings import Settings
from worker.engines.engine import Detectors, load_detectors
from worker.frames.detection import detect
from worker.frames.picture import decode

ONE = {ObservationState.ALLOWED}
PRESENT = {ObservationState.FACE_HIDDEN, ObservationState.ALLOWED}
SEVERAL = {ObservationState.SUSPECTED, ObservationState.CONFIRMED}
Draw = Callable[[Portrait, Portrait], Image.Image | None]
"""Draws a scene from the candidate and another person; None if the picture has no room for it."""
ROOM = PICTURES / f"{EMPTY_ROOM}.jpg"


@dataclass(frozen=True, slots=True)
class Scene:
    """How a scene is drawn, and which conclusions are right."""

    draw: Draw
    right: set[ObservationState]
    faces: int = 1
    """How many the picture shows before."""


def _unchanged(portrait: Portrait, _: Portrait) -> Image.Image:
    return portrait.image


def _alone(draw: Callable[[Portrait], Image.Image | None]) -> Draw:
    return lambda portrait, _: draw(portrait)


def _virtual_background(portrait: Portrait, _: Portrait) -> Image.Image:
    with Image.open(ROOM) as room:
        return lit.replace_background(portrait, room.convert("RGB"))


SCENES = {
    "unchanged": Scene(_unchanged, ONE),
    "16:9": Scene(_alone(lit.film_wide), ONE),
    "portrait phone": Scene(_alone(lit.film_upright), ONE),
    "virtual background": Scene(_virtual_background, ONE),
    "sunglasses": Scene(_alone(covered.wear_sunglasses), PRESENT),
    "mask": Scene(_alone(covered.wear_mask), PRESENT),
    "veil": Scene(_alone(covered.wear_veil), PRESENT),
    "bent head": Scene(_alone(covered.bend_head), PRESENT),
    "body without head": Scene(_alone(crowded.show_body), PRESENT),
    "backlight": Scene(_alone(lit.stand_against_light), PRESENT),
    "night, light of a screen": Scene(_alone(lit.sit_in_the_dark), PRESENT),
    "mirror": Scene(_alone(crowded.hang_mirror), ONE),
    "poster": Scene(crowded.hang_poster, ONE),
    "face on a phone": Scene(crowded.hold_phone, ONE),
    "face on a second screen": Scene(crowded.add_screen, ONE),
    "helper without a visible face": Scene(_alone(covered.bend_head), SEVERAL, faces=2),
}


def main(arguments: list[str]) -> int:
    """Print what the worker concludes from each scene, and save one picture of each."""
    options = _parser().parse_args(arguments)
    settings = Settings()
    detectors = load_detectors(settings)
    print(detectors.version)
    portraits = {
        faces: list(
            read_portraits(
                _files(options.folder, faces), detectors.engine, settings.face_threshold, faces=faces
            )
        )
        for faces in (1, 2)
    }
    if not portraits[1]:
        raise CannotStartError("no picture shows exactly one large face")
    options.out.mkdir(parents=True, exist_ok=True)
    for name, scene in SCENES.items():
        pictures = draw_all(scene, portraits[scene.faces])
        if pictures:
            pictures[0].save(options.out / f"{name.replace(':', '-')}.jpg", quality=JPEG_QUALITY)
            print(_line(name, [conclude(detectors, settings.rules, each) for each in pictures], scene.right))
    print(f"the first picture of each scene is in {options.out}")
    return 0


def draw_all(scene: Scene, portraits: Sequence[Portrait]) -> list[Image.Image]:
    """Return the scene for each portrait that has room for it, with the next one as the other person."""
    others = [*portraits[1:], *portraits[:1]]
    drawn = (scene.draw(portrait, other) for portrait, other in zip(portraits, others, strict=True))
    return [picture for picture in drawn if picture is not None]


def conclude(detectors: Detectors, rules: Rules, picture: Image.Image) -> ObservationState:
    """Return what a worker concludes from the picture as a JPEG."""
    jpeg = BytesIO()
    picture.save(jpeg, "JPEG", quality=JPEG_QUALITY)
    decoded = decode(jpeg.getvalue(), max_pixels=10_000_000)
    findings = detect(detectors, decoded, rules, look_for_second=True, decode_seconds=0)
    return observation_state(findings, rules.faces_allowed)


def _line(name: str, states: list[ObservationState], right: set[ObservationState]) -> str:
    rate = Rate(sum(state in right for state in states), len(states))
    counts = ", ".join(f"{count} {WORDS[state]}" for state, count in Counter(states).most_common())
    return f"{name:30} right {format_rate(rate):40} {counts}"


def _files(folder: Path | None, faces: int) -> list[Path]:
    if folder is None:
        return sorted(PICTURES.glob(f"{faces}-*.jpg"))
    return [label.file for label in read_labels(folder, None) if label.faces == label.persons == faces]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dev scenes",
        description="Draws into the pictures of FOLDER that labels.csv says show one person, or into the "
        "project's own.",
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument(
        "--out", type=Path, default=Path(".data/scenes"), metavar="DIR", help="(.data/scenes)"
    )
    return parser
