"""What an engine answers to labelled frames."""

from dataclasses import dataclass

from dev.accuracy.labels import Label
from shared.presence.observations import ObservationState


@dataclass(frozen=True, slots=True)
class Answer:
    """What the worker concludes from one frame; times are processor time."""

    label: Label
    state: ObservationState
    faces: int
    confirmed: int
    without_face: int
    """Persons without a visible face."""
    detect_ms: float
    whole_ms: float
    """From base64 to the frame's state."""


@dataclass(frozen=True, slots=True)
class EngineAnswers:
    """All answers of one engine."""

    engine: str
    version: str
    answers: list[Answer]
