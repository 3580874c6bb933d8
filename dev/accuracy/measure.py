"""What each engine sees in each frame, and what that takes."""

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
class Look:
    """One engine's answer to one frame; the milliseconds are the processor's, not the clock's."""

    label: Label
    faces: int
    confirmed: int
    detect_ms: float
    whole_ms: float
    """From base64 to a verdict."""


@dataclass(slots=True)
class Looks:
    """All answers of one engine."""

    engine: str
    version: str
    looks: list[Look]
    megabytes: float
    """Memory of its process at the end."""


def look_at_all(
    labels: list[Label], detectors: list[Detector], settings: Settings, size: tuple[int, int]
) -> list[Looks]:
    """Every engine in a process of its own, turn and turn about, so that a busy spell hits all of them."""
    with ExitStack() as running:
        pools = [running.enter_context(_pool(detector, settings)) for detector in detectors]
        results = [Looks(*pool.submit(_introduce).result(), looks=[], megabytes=0) for pool in pools]
        for label, picture in _frames(labels, size):
            for pool, result in zip(pools, results, strict=True):
                result.looks.append(Look(label, *pool.submit(_look, picture).result()))
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
    global _engine, _thresholds  # noqa: PLW0603 - a pool's process has no other place for what it loads once
    _engine = load_engine(settings)
    _thresholds = _engine.thresholds(settings.rules)


def _introduce() -> tuple[str, str]:
    return _engine.name, _engine.version


def _look(picture: str) -> tuple[int, int, float, float]:
    started = time.process_time()
    pixels = decode(pybase64.b64decode(picture, validate=True), max_pixels=100_000_000).pixels
    decoded = time.process_time()
    faces = _engine.detect(pixels)
    ended = time.process_time()
    counted, _ = _thresholds.apply(faces)
    confirmed = sum(face.confirmed for face in counted)
    return len(counted), confirmed, (ended - decoded) * 1000, (ended - started) * 1000


def _megabytes(process: int) -> float:
    from psutil import Process  # noqa: PLC0415 - the engines' processes, which are weighed, need none of it

    return Process(process).memory_info().rss / 1e6
