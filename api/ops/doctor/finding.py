"""One finding of the doctor."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and, unless all is well, what to do."""

    level: Level
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        """For a terminal."""
        return f"{self.level:<8} {self.found}" + (f"\n         → {self.remedy}" if self.remedy else "")


def ok(found: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, found)


def warning(found: str, remedy: str) -> Finding:
    """It works, and might be meant otherwise."""
    return Finding(Level.WARNING, found, remedy)


def broken(found: str, remedy: str) -> Finding:
    """It does not work, or not safely."""
    return Finding(Level.BROKEN, found, remedy)
