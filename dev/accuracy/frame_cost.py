"""Processor time of frames with one visible face, against the same frames judged by faces alone."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import mean, quantiles

import pybase64

from dev.accuracy.frames import frame
from dev.accuracy.labels import Label
from shared.rules import Rules
from shared.settings import Settings
from shared.verdicts import Findings
from worker.engines.engine import Detectors, load_detectors
from worker.frames.detection import detect
from worker.frames.picture import decode

SIZES = ((640, 480), (1280, 720))
MAX_PICTURES = 100
LOOKS = (True, False, False)
"""A second person is looked for on every third frame."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of processor time for one frame: the whole, from base64 to findings, and detection."""

    whole: float
    detection: float


def frame_costs(labels: list[Label], settings: Settings) -> Iterator[str]:
    """Yield the comparison for each size."""
    detectors = load_detectors(settings)
    if detectors.persons is None:
        yield "without the person network every frame is judged by faces alone: nothing to compare"
        return
    for size in SIZES:
        yield _compare(labels, detectors, settings.rules, size)


def _compare(labels: list[Label], detectors: Detectors, rules: Rules, size: tuple[int, int]) -> str:
    faces_alone = replace(detectors, persons=None)
    alone: list[Times] = []
    both: list[Times] = []
    for label in labels:
        if label.faces != 1 or len(alone) == MAX_PICTURES:
            continue
        picture = frame(label.file, size)
        _, findings = _run(faces_alone, picture, rules, look=False)
        if len(findings.faces) != 1:
            continue
        # Alternating, and each first in turn, so that other load and warm caches affect both alike.
        times: dict[str, list[Times]] = {"alone": [], "both": []}
        for look in LOOKS:
            for name in sorted(times, reverse=bool(len(alone) % 2)):
                each = faces_alone if name == "alone" else detectors
                times[name].append(_run(each, picture, rules, look=look)[0])
        alone.append(_mean(times["alone"]))
        both.append(_mean(times["both"]))
    if not alone:
        return "no frame shows exactly one face"
    return f"{size[0]}x{size[1]}, {len(alone)} frames with one visible face: {_ratios(alone, both)}"


def _ratios(alone: list[Times], both: list[Times]) -> str:
    texts = []
    for part in ("whole", "detection"):
        ours, theirs = [[getattr(times, part) for times in each] for each in (both, alone)]
        each = [one / other for one, other in zip(ours, theirs, strict=True)]
        low, middle, high = quantiles(each, n=4) if len(each) > 1 else each * 3
        share = mean(ours) / mean(theirs)
        texts.append(
            f"{part} {1000 * mean(ours):.1f} ms, {share:.2f} of {1000 * mean(theirs):.1f} ms by faces alone"
            f" (median {middle:.2f}, quartiles {low:.2f} and {high:.2f})"
        )
    return "; ".join(texts)


def _run(detectors: Detectors, picture: str, rules: Rules, *, look: bool) -> tuple[Times, Findings]:
    started = time.process_time()
    decoded = decode(pybase64.b64decode(picture, validate=True), max_pixels=100_000_000)
    decode_ended = time.process_time()
    findings = detect(detectors, decoded, rules, look_for_second=look, decode_seconds=0)
    ended = time.process_time()
    return Times(whole=ended - started, detection=ended - decode_ended), findings


def _mean(times: list[Times]) -> Times:
    return Times(mean(each.whole for each in times), mean(each.detection for each in times))
