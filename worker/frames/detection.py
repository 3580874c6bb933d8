"""From a decoded picture to findings: faces always, persons where they can change the verdict."""

import time

from shared.judging.persons import mark_without_face
from shared.rules import Rules
from shared.verdicts import DetectedPerson, Face, Findings
from worker.engines.engine import Detectors
from worker.frames.picture import Picture
from worker.frames.thumbnail import brightness_of, detail_of, noise_of
from worker.runtime.metrics import DETECTOR, PERSONS_NOT_SOUGHT


def detect(
    detectors: Detectors, picture: Picture, rules: Rules, *, look_for_second: bool, decode_seconds: float
) -> Findings:
    """Run the engine, and the person detector if no face counts or a second person is looked for."""
    engine = detectors.engine
    started = time.perf_counter()
    candidates = engine.detect(picture.pixels)
    DETECTOR.labels(engine.name).observe(time.perf_counter() - started)
    thresholds = engine.thresholds(rules)
    faces, overlooked = thresholds.apply(candidates)
    persons = None
    if not faces or (look_for_second and rules.second_person and len(faces) <= rules.faces_allowed):
        persons = _detect_persons(detectors, picture, faces, rules)
    height, width, _ = picture.pixels.shape
    return Findings(
        engine=engine.name,
        version=detectors.version,
        thresholds=rules.model_dump()
        | {"face_threshold": thresholds.face, "confirm_threshold": thresholds.confirm},
        width=width,
        height=height,
        brightness=brightness_of(picture.small),
        detail=detail_of(picture.small),
        noise=None if faces else noise_of(picture.pixels),
        faces=faces,
        overlooked=overlooked,
        persons=persons,
        decode_ms=round(decode_seconds * 1000, 1),
        detect_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def _detect_persons(
    detectors: Detectors, picture: Picture, faces: tuple[Face, ...], rules: Rules
) -> tuple[DetectedPerson, ...] | None:
    if detectors.persons is None:
        PERSONS_NOT_SOUGHT.inc()
        return None
    started = time.perf_counter()
    persons = detectors.persons.detect(picture.pixels)
    DETECTOR.labels("persons").observe(time.perf_counter() - started)
    height, width, _ = picture.pixels.shape
    return mark_without_face(persons, faces, width * height, rules)
