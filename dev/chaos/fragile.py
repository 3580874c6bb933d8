"""The frames worker, `celery -A dev.chaos.fragile worker`, with an engine that crashes and stops on demand.

A crash kills its process, as a bug in a decoder or a detector would.
"""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dev.chaos.pictures import DEADLY, HELD, HOLD_FILE
from shared.logs import configure_logging
from shared.settings import read_settings
from shared.verdicts import Face
from worker.engines.engine import Engine, load_detectors
from worker.frames.app import create_frames_app


class FragileEngine:
    """Wraps an engine; crashes on pictures of one size, and waits before those of another."""

    def __init__(self, engine: Engine, hold_file: Path) -> None:
        self.name = engine.name
        self.version = engine.version
        self.thresholds = engine.thresholds
        self._engine = engine
        self._hold_file = hold_file

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces, or kill this process."""
        if picture.shape[:2] == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        while picture.shape[:2] == HELD and self._hold_file.exists():
            time.sleep(0.05)
        return self._engine.detect(picture)


configure_logging()
settings = read_settings()
detectors = load_detectors(settings)
engine = FragileEngine(detectors.engine, Path(os.environ[HOLD_FILE]))
celery = create_frames_app(settings, replace(detectors, engine=engine))
