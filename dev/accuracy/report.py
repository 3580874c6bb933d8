"""The figures as text."""

from collections.abc import Callable, Iterator
from statistics import median, quantiles

from dev.accuracy.measure import Answer, EngineAnswers
from dev.accuracy.scores import QUESTIONS, interval, score


def summary(all_answers: list[EngineAnswers]) -> Iterator[str]:
    """Yield time and memory of each engine; times also as a part of the last engine's."""
    last = all_answers[-1].answers
    yield f"{'engine':14}{'detect, ms':>12}{'p95':>8}{'whole, ms':>12}{'p95':>8}{'memory, MB':>12}"
    for answers in all_answers:
        detect, whole = [_times(answers.answers, name) for name in ("detect_ms", "whole_ms")]
        yield (
            f"{answers.engine:14}{median(detect):12.1f}{_p95(detect):8.1f}"
            f"{median(whole):12.1f}{_p95(whole):8.1f}{answers.megabytes:12.0f}"
            f"   detect 1/{_median(last, 'detect_ms') / median(detect):.1f},"
            f" whole 1/{_median(last, 'whole_ms') / median(whole):.1f} of {all_answers[-1].engine}"
        )


def tables(answers: EngineAnswers) -> Iterator[str]:
    """Yield one engine's scores for each question: all frames, per origin, and per kind of each origin."""
    yield f"{answers.engine}: {answers.version}"
    for question in QUESTIONS:
        yield f"  {question:38}{'frames':>7}{'precision':>11}{'recall':>8}{'F1':>7}{'false':>7}{'missed':>8}"
        for name, part in _parts(answers.answers):
            figures = score(part, question)
            if figures.right + figures.false_alarms + figures.missed:
                parts = f"{figures.precision:11.3f}{figures.recall:8.3f}{figures.f1:7.3f}"
                yield f"    {name:36}{len(part):7}{parts}{figures.false_alarms:7}{figures.missed:8}"


MISJUDGEMENTS: dict[str, tuple[Callable[[Answer], bool], Callable[[Answer], bool]]] = {
    "somebody there, seen as nobody": (
        lambda answer: answer.label.faces > 0,
        lambda answer: answer.faces == 0,
    ),
    "one or none, seen as more": (lambda answer: answer.label.faces < 2, lambda answer: answer.faces > 1),
}
"""Each kind of misjudgement: to which frames it can happen, and when it has."""


def groups(answers: EngineAnswers) -> Iterator[str]:
    """Yield how often each group is misjudged, with 95 % intervals; groups differ if these don't overlap."""
    for wrong, (concerned, wronged) in MISJUDGEMENTS.items():
        yield f"  {wrong}"
        for group in sorted({answer.label.group for answer in answers.answers}):
            members = [answer for answer in answers.answers if answer.label.group == group]
            cases = [wronged(answer) for answer in members if concerned(answer)]
            low, high = interval(sum(cases), len(cases))
            yield f"    {group or '(none)':36}{sum(cases):7} of {len(cases)}: {low:.1%} to {high:.1%}"


def _parts(answers: list[Answer]) -> Iterator[tuple[str, list[Answer]]]:
    yield "all", answers
    for origin in sorted({answer.label.origin for answer in answers}):
        of_origin = [answer for answer in answers if answer.label.origin == origin]
        if origin:
            yield origin, of_origin
        for kind in sorted({answer.label.kind for answer in of_origin} - {""}):
            yield f"{origin} {kind}".strip(), [answer for answer in of_origin if answer.label.kind == kind]


def _times(answers: list[Answer], name: str) -> list[float]:
    return [float(getattr(answer, name)) for answer in answers]


def _median(answers: list[Answer], name: str) -> float:
    return median(_times(answers, name))


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
