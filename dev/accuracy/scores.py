"""Scores of answers, with 95 % confidence intervals."""

from collections.abc import Iterable
from dataclasses import dataclass

from dev.accuracy.answers import Answer
from dev.accuracy.questions import QUESTIONS, RATES
from shared.rate import Rate


@dataclass(frozen=True, slots=True)
class Score:
    """How often the answer to a yes-or-no question was right."""

    right: int
    false_alarms: int
    missed: int
    frames: int = 0
    """Those whose label answers the question."""

    @property
    def precision(self) -> Rate:
        """The part of the alarms that was right."""
        return Rate(self.right, self.right + self.false_alarms)

    @property
    def recall(self) -> Rate:
        """The part of the positive frames that was found."""
        return Rate(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return _f1(self._jaccard.share)

    @property
    def f1_interval(self) -> tuple[float, float]:
        """From the interval of the Jaccard index, of which F1 is a rising function."""
        low, high = self._jaccard.interval
        return _f1(low), _f1(high)

    @property
    def _jaccard(self) -> Rate:
        return Rate(self.right, self.right + self.false_alarms + self.missed)


def score(answers: Iterable[Answer], question: str) -> Score:
    """Return the score for one of the QUESTIONS, over the frames whose label answers it."""
    is_true, is_claimed = QUESTIONS[question]
    pairs = [
        (truth, is_claimed(answer)) for answer in answers if (truth := is_true(answer.label)) is not None
    ]
    return Score(
        right=pairs.count((True, True)),
        false_alarms=pairs.count((False, True)),
        missed=pairs.count((True, False)),
        frames=len(pairs),
    )


def rate(answers: Iterable[Answer], name: str) -> Rate:
    """Return one of the RATES."""
    concerns, happened = RATES[name]
    cases = [happened(answer) for answer in answers if concerns(answer.label)]
    return Rate(sum(cases), len(cases))


def _f1(jaccard: float) -> float:
    return 2 * jaccard / (1 + jaccard)
