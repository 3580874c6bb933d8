"""The quality of a picture does not flip while its measures hover around a threshold."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest

from shared.presence.last_seen import FrameState
from shared.presence.observations import Context
from shared.verdicts import FlagKind, Outcome, PictureQuality, Verdict
from tests.support.samples import DEFAULT_RULES, make_findings
from worker.frames.quality import assess_picture
from worker.frames.rules import frame_state, judge

RANDOM = np.random.default_rng(13)


def follow(measure: str, values: Iterable[float], faces: int) -> list[PictureQuality]:
    """Return the qualities of consecutive frames with these values of one measure."""
    qualities, quality = [], PictureQuality.GOOD
    for value in values:
        findings = make_findings(faces).model_copy(update={measure: value})
        quality = assess_picture(findings, quality)
        qualities.append(quality)
    return qualities


def count_changes(qualities: list[PictureQuality]) -> int:
    return sum(before is not after for before, after in pairwise([PictureQuality.GOOD, *qualities]))


@pytest.mark.parametrize("faces", [0, 1])
@pytest.mark.parametrize(
    ("brightness", "quality"),
    [(0.5, "good"), (0.13, "dim"), (0.95, "bright"), (0.19, "dim"), (0.21, "good")],
)
def test_quality_follows_the_light(faces: int, brightness: float, quality: str) -> None:
    assert follow("brightness", [brightness], faces) == [quality]


@pytest.mark.parametrize(("measure", "value"), [("brightness", 0.03), ("detail", 0.001), ("noise", 0.97)])
def test_picture_that_shows_nothing_is_unusable(measure: str, value: float) -> None:
    assert follow(measure, [value], faces=0) == [PictureQuality.UNUSABLE]


def test_picture_with_a_face_is_never_unusable() -> None:
    assert follow("brightness", [0.03], faces=1) == [PictureQuality.DIM]


@pytest.mark.parametrize(
    ("measure", "threshold", "spread", "faces"),
    [
        ("brightness", 0.06, 0.025, 0),
        ("brightness", 0.2, 0.035, 1),
        ("brightness", 0.92, 0.035, 1),
        ("detail", 0.004, 0.0019, 0),
        ("noise", 0.85, 0.09, 0),
    ],
)
def test_wobble_around_a_threshold_is_one_change(
    measure: str, threshold: float, spread: float, faces: int
) -> None:
    wobble = threshold + RANDOM.uniform(-spread, spread, 200)

    qualities = follow(measure, wobble, faces)

    # A dark picture is dim at first, then unusable; neither comes back.
    assert count_changes(qualities) == (2 if threshold == 0.06 and wobble[0] > 0.06 else 1)


def test_dark_and_blank_pictures_in_turn_are_one_quality() -> None:
    quality = PictureQuality.GOOD
    for number in range(20):
        update = {"brightness": 0.03} if number % 2 else {"brightness": 0.1, "detail": 0.002}
        quality = assess_picture(make_findings(0).model_copy(update=update), quality)
        assert quality is PictureQuality.UNUSABLE


def test_recovery_is_one_change() -> None:
    rising = [*np.linspace(0.01, 0.5, 50), *[0.5] * 10]

    assert follow("brightness", rising, faces=0)[-1] is PictureQuality.GOOD
    assert count_changes(follow("brightness", rising, faces=0)) == 3  # unusable, dim, good
    assert count_changes(follow("brightness", rising, faces=1)) == 2


def test_absence_with_changing_light_is_one_kind_of_flag() -> None:
    flags = []
    for brightness in (0.05, 0.07, 0.08, 0.055, 0.085):
        findings = make_findings(0).model_copy(update={"brightness": brightness})
        verdict = judge(findings, DEFAULT_RULES, Context(absence_lasts=True), PictureQuality.UNUSABLE)
        flags.append((verdict.flag, frame_state(verdict, DEFAULT_RULES)))

    assert set(flags) == {(FlagKind.TECHNICAL, FrameState.DARK)}


def test_frozen_camera_is_unusable() -> None:
    frozen = judge(make_findings(0), DEFAULT_RULES, Context(frozen=True))

    assert (frozen.picture, frozen.flag) == (PictureQuality.UNUSABLE, None)


def test_outcome_of_a_release_without_quality_is_readable() -> None:
    outcome = Outcome(verdict=Verdict(faces=1, picture=PictureQuality.DIM), findings=make_findings(1))
    old = outcome.model_dump(mode="json")
    del old["verdict"]["picture"]

    assert Outcome.model_validate(old).verdict.picture is None
