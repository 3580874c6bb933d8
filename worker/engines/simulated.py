"""An engine that only waits, to measure everything except the detector."""

import time

import numpy as np
from numpy.typing import NDArray

from shared.judging.thresholds import Thresholds
from shared.rules import Rules
from shared.verdicts import Box, Face


class Simulated:
    """Takes a fixed time per picture, and always finds one face that fills it."""

    name = "simulated"
    version = "1"

    def __init__(self, milliseconds: float) -> None:
        self._seconds = milliseconds / 1000

    def thresholds(self, _: Rules) -> Thresholds:
        """Return thresholds that its score always passes."""
        return Thresholds(face=0.0, confirm=0.0)

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return one face after the wait."""
        time.sleep(self._seconds)
        height, width, _ = picture.shape
        return (Face(box=Box(left=0, top=0, width=width, height=height), score=1.0, dlib=1.0),)
