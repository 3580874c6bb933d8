"""The interface of face detectors, and the choice of one."""

import logging
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared.judging.thresholds import Thresholds
from shared.rules import Rules
from shared.settings import Detector, Settings
from shared.verdicts import DetectedPerson, Face
from worker.engines.model_file import ModelError

log = logging.getLogger(__name__)


class Engine(Protocol):
    """A face detector. It is stateless between pictures."""

    name: str
    version: str

    def thresholds(self, rules: Rules) -> Thresholds:
        """Return the rules' thresholds, or its own if its scores are not on `dlib-guided`'s scales."""

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return possible faces in an RGB picture (height x width x 3); the thresholds decide which count."""


class PersonDetector(Protocol):
    """A detector of persons, with or without a visible face. It is stateless between pictures."""

    name: str

    def detect(self, picture: NDArray[np.uint8]) -> tuple[DetectedPerson, ...]:
        """Return possible persons in an RGB picture (height x width x 3), highest score first."""


@dataclass(frozen=True, slots=True)
class Detectors:
    """What a worker judges frames with; without a person detector by faces alone."""

    engine: Engine
    persons: PersonDetector | None
    no_persons_reason: str = ""
    """Why there is no person detector."""

    @property
    def version(self) -> str:
        """Return the versions of both, or why one is missing, for findings, log and `/readyz`."""
        persons = self.persons.name if self.persons else f"no person detector: {self.no_persons_reason}"
        return f"{self.engine.version}; {persons}"


def load_detectors(settings: Settings) -> Detectors:
    """Return the engine named by `DETECTOR` and the person detector, with their models loaded."""
    return Detectors(load_engine(settings), *load_person_detector(settings))


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
    """Return dlib-guided, or dlib alone if the network can't be loaded."""
    try:
        from worker.engines.dlib_guided import DlibGuided  # noqa: PLC0415

        return DlibGuided(settings.detector_model)
    except (ImportError, ModelError) as error:
        from worker.engines.dlib_alone import DlibAlone  # noqa: PLC0415

        log.warning(
            "DETECTOR=dlib-guided falls back to dlib alone, five times slower and less accurate: %s",
            error,
        )
        return DlibAlone(str(error))


def load_person_detector(settings: Settings) -> tuple[PersonDetector | None, str]:
    """Return the person detector, or None and the reason: its model file is not usable."""
    if settings.detector is Detector.SIMULATED:
        return None, "DETECTOR=simulated looks for nobody"
    try:
        from worker.engines.person_network import PersonNetwork  # noqa: PLC0415

        return PersonNetwork.load(), ""
    except (ImportError, ModelError) as error:
        log.warning("Frames are judged by faces alone, without looking for persons: %s", error)
        return None, str(error)
