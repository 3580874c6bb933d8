"""The bare loop that the stack is compared with: only decoder and detectors, in as many processes.

It decodes the same pictures, finds faces with the same engine, and looks for persons in the same frames as a
worker of the stack. It has no HTTP, no base64, no queue, and records nothing.
"""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Self

from dev.load.bench.frames import looks_for_second, picture
from shared.settings import Settings
from worker.engines.engine import Detectors, load_detectors
from worker.frames.detection import detect
from worker.frames.picture import decode

PROCESSES = os.cpu_count() or 1

_detectors: Detectors
_settings: Settings


class BareLoop:
    """As many processes as the stack has workers, within a `with` block."""

    def __init__(self, environment: Mapping[str, str], flagged_every: int) -> None:
        names = {name.lower(): value for name, value in environment.items()}
        self._pool = ProcessPoolExecutor(PROCESSES, initializer=_load, initargs=(names,))
        self._flagged_every = flagged_every
        self.cpu = 0.0
        """Processor seconds so far."""

    def __enter__(self) -> Self:
        self._pool.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def detect(self, numbers: range) -> float:
        """Detect in all these frames; return the seconds it took."""
        started = time.perf_counter()
        shares = [numbers[process::PROCESSES] for process in range(PROCESSES)]
        self.cpu += sum(self._pool.map(_detect, shares, [self._flagged_every] * PROCESSES))
        return time.perf_counter() - started


def _load(environment: dict[str, str]) -> None:
    global _detectors, _settings  # noqa: PLW0603 - a pool's process loads them once
    _settings = Settings.model_validate(environment)
    _detectors = load_detectors(_settings)


def _detect(numbers: range, flagged_every: int) -> float:
    """Return the processor seconds."""
    before = time.process_time()
    for number in numbers:
        started = time.perf_counter()
        decoded = decode(picture(number, flagged_every), _settings.max_frame_pixels)
        detect(
            _detectors,
            decoded,
            _settings.rules,
            look_for_second=looks_for_second(number),
            decode_seconds=time.perf_counter() - started,
        )
    return time.process_time() - before
