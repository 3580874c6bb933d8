"""The frames worker, `celery -A dev.chaos.fragile worker`, whose engine crashes on pictures of one size.

It kills its process, as a bug in a decoder or a detector would.
"""

import os
import signal
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dev.chaos.deadly import SIZE
from shared.logs import configure_logging
from shared.settings import read_settings
from shared.verdicts import Face
from worker.engines.engine import Engine, load_detectors
from worker.frames.app import create_frames_app


class CrashingEngine:
    """Wraps an engine, and crashes on pictures of one size."""

    def __init__(self, engine: Engine) -> None:
        self.name = engine.name
        self.version = engine.version
        self.thresholds = engine.thresholds
        self._engine = engine

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces, or kill this process."""
        if picture.shape[:2] == SIZE:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._engine.detect(picture)


configure_logging()
settings = read_settings()
detectors = load_detectors(settings)
celery = create_frames_app(settings, replace(detectors, engine=CrashingEngine(detectors.engine)))
