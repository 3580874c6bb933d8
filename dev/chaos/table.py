"""What the faults did, in lines for a terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dev.chaos.account import Account
from dev.chaos.stream import Frame
from dev.chaos.system import System

COLUMNS = ("accepted", "judged", "given up", "forgotten", "lost")


@dataclass
class Happened:
    """A fault, each time it was done."""

    name: str
    seconds: list[float] = field(default_factory=list)
    """From when its cause was gone to when its consequences were."""
    troubles: list[str] = field(default_factory=list)
    """What did not come out as it should."""


def lines(
    system: System, happened: list[Happened], left_out: Mapping[str, str], result: Account
) -> Iterator[str]:
    """The table, a row a fault, and what there is to say beside it; `left_out` has why, by a fault's name."""
    yield f"{'fault':36}{'times':>6}{''.join(f'{name:>10}' for name in COLUMNS)}{'recovered in':>14}"
    for fault in happened:
        seconds = f"{max(fault.seconds):.1f} s" if fault.seconds else ""
        yield _row(fault.name, len(fault.seconds), result, fault.name, seconds)
    for name, obstacle in left_out.items():
        yield f"{name:36}  left out: {obstacle}"
    yield _row("all", sum(len(fault.seconds) for fault in happened), result, None, "")
    yield f"not accepted: {_listed(system.stream.refusals)} (0: no answer)"
    yield f"started again as Compose would: {_listed(system.parts.restarts)}; by hand: none"
    yield f"judged twice: {result.duplicates}; stored twice: {result.copies}, waiting: {result.waiting}"
    reasons = Counter(f"{frame.end}: {frame.reason}" for frame in result.given_up)
    yield from (f"given up: {number} times {reason}" for reason, number in reasons.items())
    yield from (trouble for fault in happened for trouble in fault.troubles)
    yield from result.troubles


def _listed(counts: Counter[str] | Counter[int]) -> str:
    return ", ".join(f"{name} {number} times" for name, number in counts.most_common()) or "none"


def _row(name: str, times: int, result: Account, during: str | None, seconds: str) -> str:
    def count(frames: list[Frame]) -> int:
        return sum(during is None or frame.during == during for frame in frames)

    parts = [count(group) for group in (result.judged, result.given_up, result.forgotten, result.lost)]
    numbers = "".join(f"{number:10}" for number in (sum(parts), *parts))
    return f"{name:36}{times:6}{numbers}{seconds:>14}"
