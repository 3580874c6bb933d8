"""A finding of the doctor."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Severity of a finding."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do about it unless it is ok."""

    level: Level
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.level:<8} {self.found}" + (f"\n         → {self.remedy}" if self.remedy else "")


def ok(found: str) -> Finding:
    """Return a finding that needs no action."""
    return Finding(Level.OK, found)


def warning(found: str, remedy: str) -> Finding:
    """Return a finding about something that works but may be unintended."""
    return Finding(Level.WARNING, found, remedy)


def broken(found: str, remedy: str) -> Finding:
    """Return a finding about something that does not work, or is unsafe."""
    return Finding(Level.BROKEN, found, remedy)
