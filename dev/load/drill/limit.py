"""What limited a drill: the work of a frame, or waiting."""

from dataclasses import dataclass

import psutil

from dev.load.work import Work

IDLE_SHARE = 0.2
"""With more of the cores idle than this, no frame waited for one."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Seconds of the machine's cores since it started, from `/proc/stat`."""

    total: float = 0.0
    idle: float = 0.0
    stolen: float = 0.0
    """Taken by the host for other virtual machines."""

    def __sub__(self, other: "Cores") -> "Cores":
        return Cores(self.total - other.total, self.idle - other.idle, self.stolen - other.stolen)


def read_cores() -> Cores:
    """Return the seconds so far."""
    times = psutil.cpu_times()
    # The time of guests is part of the user time.
    total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return Cores(total, times.idle + getattr(times, "iowait", 0.0), getattr(times, "steal", 0.0))


@dataclass(frozen=True, slots=True)
class Limit:
    """Shares of the machine during a drill; together they are 1."""

    own: float
    """What the system and the client used."""
    others: float
    idle: float
    stolen: float

    @classmethod
    def of(cls, cores: Cores, work: Work) -> "Limit":
        """Return the shares; `work` is that of the system and the client."""
        own, idle, stolen = (part / cores.total for part in (work.cpu, cores.idle, cores.stolen))
        # Both are counted in ticks of 10 ms.
        return cls(own, max(0.0, 1 - own - idle - stolen), idle, stolen)

    def verdict(self, *, kept_up: bool) -> str:
        """Say whether waiting or work was the limit."""
        if kept_up:
            return "none: the system kept up"
        if self.idle > IDLE_SHARE:
            return "waiting for something else than a core: there are too few workers, or a server is slow"
        if self.others + self.stolen > self.own:
            return "waiting for cores that others used: measure on a quiet machine, or rely on processor time"
        return "work: the system used the cores"
