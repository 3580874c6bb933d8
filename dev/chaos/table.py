"""The report of a chaos run."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dev.chaos.account import Account
from dev.chaos.stream import Frame
from dev.chaos.system import System

COLUMNS = ("accepted", "judged", "given up", "forgotten", "lost")


@dataclass
class FaultResult:
    """The results of one fault, which may be injected several times."""

    name: str
    seconds: list[float] = field(default_factory=list)
    """From the end of the fault to the recovery, each time."""
    problems: list[str] = field(default_factory=list)
    """Failed recoveries."""


def lines(
    system: System, results: list[FaultResult], left_out: Mapping[str, str], result: Account
) -> Iterator[str]:
    """Yield a row for each fault, then a summary; `left_out` has the reasons by a fault's name."""
    yield f"{'fault':36}{'times':>6}{''.join(f'{name:>10}' for name in COLUMNS)}{'recovered in':>14}"
    for fault in results:
        seconds = f"{max(fault.seconds):.1f} s" if fault.seconds else ""
        yield _row(fault.name, len(fault.seconds), result, fault.name, seconds)
    for name, obstacle in left_out.items():
        yield f"{name:36}  left out: {obstacle}"
    yield _row("all", sum(len(fault.seconds) for fault in results), result, None, "")
    yield f"not accepted: {_listed(system.stream.refusals)} (0: no answer)"
    yield f"restarted as Compose would: {_listed(system.parts.restarts)}; by hand: none"
    yield f"judged twice: {result.duplicates}; stored twice: {result.copies}, waiting: {result.waiting}"
    reasons = Counter(f"{frame.end}: {frame.reason}" for frame in result.given_up)
    yield from (f"given up: {number} times {reason}" for reason, number in reasons.items())
    yield from (problem for fault in results for problem in fault.problems)
    yield from result.problems


def _listed(counts: Counter[str] | Counter[int]) -> str:
    return ", ".join(f"{name} {number} times" for name, number in counts.most_common()) or "none"


def _row(name: str, times: int, result: Account, during: str | None, seconds: str) -> str:
    def count(frames: list[Frame]) -> int:
        return sum(during is None or frame.during == during for frame in frames)

    parts = [count(group) for group in (result.judged, result.given_up, result.forgotten, result.lost)]
    numbers = "".join(f"{number:10}" for number in (sum(parts), *parts))
    return f"{name:36}{times:6}{numbers}{seconds:>14}"
