"""The figures as text."""

from collections.abc import Callable, Iterator
from statistics import median, quantiles

from dev.accuracy.looking import Look, Looks
from dev.accuracy.scores import QUESTIONS, interval, score


def summary(all_looks: list[Looks]) -> Iterator[str]:
    """Time and memory of the engines, side by side; times are also given as a part of the last engine's."""
    last = all_looks[-1].looks
    yield f"{'engine':14}{'detect, ms':>12}{'p95':>8}{'whole, ms':>12}{'p95':>8}{'memory, MB':>12}"
    for looks in all_looks:
        detect, whole = [_times(looks.looks, name) for name in ("detect_ms", "whole_ms")]
        yield (
            f"{looks.engine:14}{median(detect):12.1f}{_p95(detect):8.1f}"
            f"{median(whole):12.1f}{_p95(whole):8.1f}{looks.megabytes:12.0f}"
            f"   detect 1/{_median(last, 'detect_ms') / median(detect):.1f},"
            f" whole 1/{_median(last, 'whole_ms') / median(whole):.1f} of {all_looks[-1].engine}"
        )


def tables(looks: Looks) -> Iterator[str]:
    """One engine's answers to each question, for all frames, per origin, and per kind of each origin."""
    yield f"{looks.engine}: {looks.version}"
    for question in QUESTIONS:
        yield f"  {question:38}{'frames':>7}{'precision':>11}{'recall':>8}{'F1':>7}{'false':>7}{'missed':>8}"
        for name, part in _parts(looks.looks):
            figures = score(part, question)
            if figures.right + figures.false_alarms + figures.missed:
                parts = f"{figures.precision:11.3f}{figures.recall:8.3f}{figures.f1:7.3f}"
                yield f"    {name:36}{len(part):7}{parts}{figures.false_alarms:7}{figures.missed:8}"


WRONGS: dict[str, tuple[Callable[[Look], bool], Callable[[Look], bool]]] = {
    "somebody there, seen as nobody": (lambda look: look.label.faces > 0, lambda look: look.faces == 0),
    "one or none, seen as more": (lambda look: look.label.faces < 2, lambda look: look.faces > 1),
}
"""How a person can be wronged: whom it can happen to, and when it has."""


def groups(looks: Looks) -> Iterator[str]:
    """How often each group is wronged, with 95 % intervals: groups differ where these don't overlap."""
    for wrong, (concerned, wronged) in WRONGS.items():
        yield f"  {wrong}"
        for group in sorted({look.label.group for look in looks.looks}):
            members = [look for look in looks.looks if look.label.group == group]
            answers = [wronged(look) for look in members if concerned(look)]
            low, high = interval(sum(answers), len(answers))
            yield f"    {group or '(none)':36}{sum(answers):7} of {len(answers)}: {low:.1%} to {high:.1%}"


def _parts(looks: list[Look]) -> Iterator[tuple[str, list[Look]]]:
    yield "all", looks
    for origin in sorted({look.label.origin for look in looks}):
        of_origin = [look for look in looks if look.label.origin == origin]
        if origin:
            yield origin, of_origin
        for kind in sorted({look.label.kind for look in of_origin} - {""}):
            yield f"{origin} {kind}".strip(), [look for look in of_origin if look.label.kind == kind]


def _times(looks: list[Look], name: str) -> list[float]:
    return [float(getattr(look, name)) for look in looks]


def _median(looks: list[Look], name: str) -> float:
    return median(_times(looks, name))


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
