"""Scores of answers."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dev.accuracy.measure import Answer

Z95 = 1.96

QUESTIONS: dict[str, tuple[Callable[[Answer], bool], Callable[[Answer], bool]]] = {
    "more than one, confirmed": (lambda answer: answer.label.faces > 1, lambda answer: answer.confirmed > 1),
    "more than one, confirmed or suspected": (
        lambda answer: answer.label.faces > 1,
        lambda answer: answer.faces > 1,
    ),
    "no face": (lambda answer: answer.label.faces == 0, lambda answer: answer.faces == 0),
}
"""Each question about a frame: the label's answer, and the engine's."""


@dataclass(frozen=True, slots=True)
class Score:
    """How often the answer to a yes-or-no question was right."""

    right: int
    false_alarms: int
    missed: int

    @property
    def precision(self) -> float:
        """The part of the alarms that was right; 1 if there was none."""
        return _part(self.right, self.right + self.false_alarms)

    @property
    def recall(self) -> float:
        """The part of the positive frames that was found; 1 if there was none."""
        return _part(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return _part(2 * self.right, 2 * self.right + self.false_alarms + self.missed)


def score(answers: Iterable[Answer], question: str) -> Score:
    """Return the score for one of the QUESTIONS."""
    is_true, is_answered = QUESTIONS[question]
    pairs = [(is_true(answer), is_answered(answer)) for answer in answers]
    return Score(
        right=pairs.count((True, True)),
        false_alarms=pairs.count((False, True)),
        missed=pairs.count((True, False)),
    )


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % confidence interval of the rate."""
    if not of:
        return 0.0, 1.0
    rate, square = hits / of, Z95**2 / of
    middle = (rate + square / 2) / (1 + square)
    half = math.sqrt(rate * (1 - rate) * square + square**2 / 4) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _part(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
