"""The description of a fault."""

from collections.abc import Callable
from dataclasses import dataclass

from dev.chaos.system import System


def judges_again(system: System, since: float) -> bool:
    """Return whether a frame of each shard is judged that was sent after `since` (monotonic)."""
    return system.stream.judged_since(since)


def always_possible() -> str | None:
    """Return no obstacle."""
    return None


@dataclass(frozen=True)
class Fault:
    """One kind of fault."""

    name: str
    inject: Callable[[System], None]
    """Injects the fault, and returns when it has ended."""
    is_over: Callable[[System, float], bool] = judges_again
    """Whether the system has recovered, given when the fault ended."""
    obstacle: Callable[[], str | None] = always_possible
    """Returns why it is impossible on this machine, or None."""
    takes_long: bool = False
    """Takes minutes: left out of a single round."""
