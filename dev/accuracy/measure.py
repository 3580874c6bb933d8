"""Answers and times of each engine."""

import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context

import pybase64

from dev.accuracy.answers import Answer, EngineAnswers
from dev.accuracy.frames import frame
from dev.accuracy.labels import Label
from shared.presence.observations import ObservationState, observation_state
from shared.rules import Rules
from shared.settings import Detector, Settings
from worker.engines.engine import Detectors, load_detectors
from worker.frames.detection import detect
from worker.frames.picture import decode

Conclusion = tuple[ObservationState, int, int, int, float, float]
"""The fields of Answer after the label."""

_detectors: Detectors
_rules: Rules


def measure_all(
    labels: list[Label], engines: list[Detector], settings: Settings, size: tuple[int, int]
) -> list[EngineAnswers]:
    """Run each engine in its own process, alternating, so that other load affects all alike."""
    with ExitStack() as running:
        pools = [running.enter_context(_pool(engine, settings)) for engine in engines]
        results = [EngineAnswers(*pool.submit(_name_engine).result(), answers=[]) for pool in pools]
        for label in labels:
            picture = frame(label.file, size)
            for pool, result in zip(pools, results, strict=True):
                result.answers.append(Answer(label, *pool.submit(_conclude, picture).result()))
        return results


def _pool(engine: Detector, settings: Settings) -> ProcessPoolExecutor:
    own = settings.model_copy(update={"detector": engine})
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_load, initargs=(own,))


def _load(settings: Settings) -> None:
    global _detectors, _rules
    _detectors, _rules = load_detectors(settings), settings.rules


def _name_engine() -> tuple[str, str]:
    return _detectors.engine.name, _detectors.version


def _conclude(picture: str) -> Conclusion:
    started = time.process_time()
    decoded = decode(pybase64.b64decode(picture, validate=True), max_pixels=100_000_000)
    decode_ended = time.process_time()
    findings = detect(_detectors, decoded, _rules, look_for_second=True, decode_seconds=0)
    ended = time.process_time()
    return (
        observation_state(findings, _rules.faces_allowed),
        len(findings.faces),
        sum(face.confirmed for face in findings.faces),
        findings.hidden_faces,
        (ended - decode_ended) * 1000,
        (ended - started) * 1000,
    )
