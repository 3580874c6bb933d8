"""Answers, time and memory of each engine."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context

import pybase64

from dev.accuracy.frames import frame
from dev.accuracy.labels import Label
from shared.settings import Detector, Settings
from worker.engines.engine import Engine, load_engine
from worker.engines.thresholds import Thresholds
from worker.frames.picture import decode

WARM_UP = 3

_engine: Engine
_thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Answer:
    """One engine's answer to one frame; times are processor time."""

    label: Label
    faces: int
    confirmed: int
    detect_ms: float
    whole_ms: float
    """From base64 to a verdict."""


@dataclass(slots=True)
class EngineAnswers:
    """All answers of one engine."""

    engine: str
    version: str
    answers: list[Answer]
    megabytes: float
    """Memory of its process at the end."""


def measure_all(
    labels: list[Label], detectors: list[Detector], settings: Settings, size: tuple[int, int]
) -> list[EngineAnswers]:
    """Run each engine in its own process, alternating, so that other load affects all alike."""
    with ExitStack() as running:
        pools = [running.enter_context(_pool(detector, settings)) for detector in detectors]
        results = [
            EngineAnswers(*pool.submit(_name_engine).result(), answers=[], megabytes=0) for pool in pools
        ]
        for label, picture in _frames(labels, size):
            for pool, result in zip(pools, results, strict=True):
                result.answers.append(Answer(label, *pool.submit(_detect, picture).result()))
        for pool, result in zip(pools, results, strict=True):
            result.megabytes = _megabytes(pool.submit(os.getpid).result())
        return results


def _pool(detector: Detector, settings: Settings) -> ProcessPoolExecutor:
    own = settings.model_copy(update={"detector": detector})
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_load, initargs=(own,))


def _frames(labels: list[Label], size: tuple[int, int]) -> Iterator[tuple[Label, str]]:
    for label in labels:
        yield label, frame(label.file, size)


def _load(settings: Settings) -> None:
    global _engine, _thresholds  # noqa: PLW0603 - a pool's process loads it once
    _engine = load_engine(settings)
    _thresholds = _engine.thresholds(settings.rules)


def _name_engine() -> tuple[str, str]:
    return _engine.name, _engine.version


def _detect(picture: str) -> tuple[int, int, float, float]:
    started = time.process_time()
    pixels = decode(pybase64.b64decode(picture, validate=True), max_pixels=100_000_000).pixels
    decoded = time.process_time()
    faces = _engine.detect(pixels)
    ended = time.process_time()
    counted, _ = _thresholds.apply(faces)
    confirmed = sum(face.confirmed for face in counted)
    return len(counted), confirmed, (ended - decoded) * 1000, (ended - started) * 1000


def _megabytes(process: int) -> float:
    from psutil import Process  # noqa: PLC0415 - not to count in the engines' memory

    return Process(process).memory_info().rss / 1e6
