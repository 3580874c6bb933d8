"""How often somebody may do a thing."""

import time
from collections.abc import Callable, Hashable

MOST_REMEMBERED = 10_000


class Pace:
    """So many a second in the long run, and a burst of so many ahead of it."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._counted_at = clock()

    def allows(self) -> bool:
        """Whether this one is within the pace; it counts if so."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Paces:
    """A pace for each of many; the one that was added first makes room when there are too many."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._paces: dict[Hashable, Pace] = {}

    def allow(self, who: Hashable) -> bool:
        """Whether this one is within the pace of `who`; it counts if so."""
        pace = self._paces.get(who)
        if pace is None:
            pace = self._paces[who] = Pace(self._per_second, self._burst)
            if len(self._paces) > MOST_REMEMBERED:
                del self._paces[next(iter(self._paces))]
        return pace.allows()
