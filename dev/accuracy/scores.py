"""From answers to figures."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dev.accuracy.looking import Look

Z95 = 1.96

QUESTIONS: dict[str, tuple[Callable[[Look], bool], Callable[[Look], bool]]] = {
    "more than one, confirmed": (lambda look: look.label.faces > 1, lambda look: look.confirmed > 1),
    "more than one, confirmed or suspected": (
        lambda look: look.label.faces > 1,
        lambda look: look.faces > 1,
    ),
    "no face": (lambda look: look.label.faces == 0, lambda look: look.faces == 0),
}
"""What is asked of each frame: the truth, and the engine's answer."""


@dataclass(frozen=True, slots=True)
class Score:
    """How often the answer to a yes-or-no question was right."""

    right: int
    false_alarms: int
    missed: int

    @property
    def precision(self) -> float:
        """The part of the alarms that was right; 1 when there was none."""
        return _part(self.right, self.right + self.false_alarms)

    @property
    def recall(self) -> float:
        """The part of what there was that was found; 1 when there was nothing."""
        return _part(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return _part(2 * self.right, 2 * self.right + self.false_alarms + self.missed)


def score(looks: Iterable[Look], question: str) -> Score:
    """The score for one of the QUESTIONS."""
    truth, answer = QUESTIONS[question]
    pairs = [(truth(look), answer(look)) for look in looks]
    return Score(
        right=pairs.count((True, True)),
        false_alarms=pairs.count((False, True)),
        missed=pairs.count((True, False)),
    )


def interval(hits: int, of: int) -> tuple[float, float]:
    """Where the true rate lies with a confidence of 95 % (Wilson's interval)."""
    if not of:
        return 0.0, 1.0
    rate, square = hits / of, Z95**2 / of
    middle = (rate + square / 2) / (1 + square)
    half = math.sqrt(rate * (1 - rate) * square + square**2 / 4) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _part(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
