"""The interface of face detectors, and the choice of one."""

import logging
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared.rules import Rules
from shared.settings import Detector, Settings
from shared.verdicts import Face
from worker.engines.thresholds import Thresholds

log = logging.getLogger(__name__)


class Engine(Protocol):
    """A face detector. It is stateless between pictures."""

    name: str
    version: str

    def thresholds(self, rules: Rules) -> Thresholds:
        """Return the rules' thresholds, or its own if its scores are not on `dlib-guided`'s scales."""

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return possible faces in an RGB picture (height x width x 3); the thresholds decide which count."""


def load_engine(settings: Settings) -> Engine:
    """Return the engine named by `DETECTOR`, with its model loaded.

    Only this engine is imported: the libraries of one take up to 140 MB.
    """
    match settings.detector:
        case Detector.DLIB_GUIDED:
            return _load_guided(settings)
        case Detector.DLIB_CNN:
            from worker.engines.dlib_cnn import DlibCnn  # noqa: PLC0415

            return DlibCnn()
        case Detector.DLIB_HOG:
            from worker.engines.dlib_hog import DlibHog  # noqa: PLC0415

            return DlibHog()
        case Detector.SIMULATED:
            from worker.engines.simulated import Simulated  # noqa: PLC0415

            return Simulated(settings.simulated_detector_ms)


def _load_guided(settings: Settings) -> Engine:
    """Return dlib-guided, or dlib alone if the network's package has no wheel for this platform."""
    try:
        from worker.engines.dlib_guided import DlibGuided  # noqa: PLC0415

        return DlibGuided(settings.detector_model)
    except ImportError as error:
        from worker.engines.dlib_alone import DlibAlone  # noqa: PLC0415

        log.warning(
            "DETECTOR=dlib-guided falls back to dlib alone, five times slower and less accurate: %s",
            error,
        )
        return DlibAlone(str(error))
