"""What a face detector is to the rest of the worker, and which ones there are."""

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
    """A face detector. It keeps nothing from one picture to the next."""

    name: str
    version: str

    def thresholds(self, rules: Rules) -> Thresholds:
        """Those of the rules, which are on `dlib-guided`'s scales; its own, if it has others."""

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """What may be faces in an RGB picture (height x width x 3, uint8); the thresholds decide."""


def load_engine(settings: Settings) -> Engine:
    """The engine that `DETECTOR` names, with its model in memory.

    Each is imported only when it is chosen: an engine's libraries cost a worker up to 140 MB.
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
    """Without its guide, which has no wheel for some platforms, dlib has to do alone."""
    try:
        from worker.engines.dlib_guided import DlibGuided  # noqa: PLC0415

        return DlibGuided(settings.detector_model)
    except ImportError as error:
        from worker.engines.dlib_alone import DlibAlone  # noqa: PLC0415

        log.warning("DETECTOR=dlib-guided runs as dlib alone, five times slower and missing more: %s", error)
        return DlibAlone(str(error))
