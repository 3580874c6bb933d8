"""The figures as text."""

from collections.abc import Iterator
from statistics import median, quantiles

from dev.accuracy.answers import Answer, EngineAnswers
from dev.accuracy.questions import QUESTIONS, RATES
from dev.accuracy.scores import Score, rate, score
from shared.rate import Rate


def summary(all_answers: list[EngineAnswers]) -> Iterator[str]:
    """Yield the processor time of each engine; also as a part of the last engine's."""
    last = all_answers[-1].answers
    yield f"{'engine':14}{'detect, ms':>12}{'p95':>8}{'whole, ms':>12}{'p95':>8}"
    for answers in all_answers:
        detect, whole = [_times(answers.answers, name) for name in ("detect_ms", "whole_ms")]
        yield (
            f"{answers.engine:14}{median(detect):12.1f}{_p95(detect):8.1f}"
            f"{median(whole):12.1f}{_p95(whole):8.1f}"
            f"   detect 1/{_median(last, 'detect_ms') / median(detect):.1f},"
            f" whole 1/{_median(last, 'whole_ms') / median(whole):.1f} of {all_answers[-1].engine}"
        )


def tables(answers: EngineAnswers) -> Iterator[str]:
    """Yield one engine's scores for each question: all frames, per origin, and per kind of each origin."""
    yield f"{answers.engine}: {answers.version}"
    for question in QUESTIONS:
        yield f"  {question:40}{'frames':>7}{'precision':>11}{'recall':>8}{'F1':>7}{'false':>7}{'missed':>8}"
        for name, part in _parts(answers.answers):
            line = _score_line(score(part, question))
            if line:
                yield f"    {name:38}{line}"
    yield from rates(answers.answers)


def rates(answers: list[Answer]) -> Iterator[str]:
    """Yield the rates, each with the number of frames that it concerns."""
    yield "  rates, with 95 % intervals"
    for name in RATES:
        found = rate(answers, name)
        if found.of:
            yield f"    {name:42}{format_rate(found)}"


def groups(answers: EngineAnswers) -> Iterator[str]:
    """Yield the scores and rates of each group; groups differ if the intervals don't overlap."""
    names = sorted({answer.label.group for answer in answers.answers})
    members = {name: [each for each in answers.answers if each.label.group == name] for name in names}
    for question in QUESTIONS:
        yield f"  {question}, by group"
        for name in names:
            if line := _score_line(score(members[name], question)):
                yield f"    {name or '(none)':36}{line}"
    for each in RATES:
        yield f"  {each}, by group"
        for name in names:
            if (found := rate(members[name], each)).of:
                yield f"    {name or '(none)':42}{format_rate(found)}"


def format_rate(found: Rate) -> str:
    """Return the rate as `1 of 28: 3.6 % (0.6 % to 17.7 %)`."""
    if not found.of:
        return "    0 of 0"
    low, high = found.interval
    return f"{found.hits:5} of {found.of}: {found.share:.1%} ({low:.1%} to {high:.1%})"


def _score_line(found: Score) -> str:
    if not found.right + found.false_alarms + found.missed:
        return ""
    spans = [_span(found.precision.interval), _span(found.recall.interval), _span(found.f1_interval)]
    return (
        f"{found.frames:7}{found.precision.share:11.3f}{found.recall.share:8.3f}{found.f1:7.3f}"
        f"{found.false_alarms:7}{found.missed:8}   95 %: {', '.join(spans)}"
    )


def _span(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.3f}-{interval[1]:.3f}"


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
