"""What a fault is."""

from collections.abc import Callable
from dataclasses import dataclass

from dev.chaos.system import System


def judges_again(system: System, since: float) -> bool:
    """Whether a frame that was accepted since then, by the monotonic clock, is judged."""
    return system.stream.judged_since(since) is not None


def always_possible() -> str | None:
    """Nothing stands in the way."""
    return None


@dataclass(frozen=True)
class Fault:
    """One way in which things go wrong."""

    name: str
    happen: Callable[[System], None]
    """Does it, and returns when its cause is gone."""
    over: Callable[[System, float], bool] = judges_again
    """Whether its consequences are, too; asked with the moment in which its cause went."""
    obstacle: Callable[[], str | None] = always_possible
    """Why it can't be done on this machine."""
    takes_long: bool = False
    """Minutes rather than seconds: left out of a round that has no time."""
