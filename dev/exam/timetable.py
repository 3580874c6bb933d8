"""What a simulated candidate does, minute by minute."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from pathlib import Path

from dev.exam.candidate import Candidate

WRITING_SECONDS = (60, 240)
LOOKING_UP_SECONDS = (5, 15)
AWAY_SECONDS = (20, 90)
HELPED_SECONDS = (30, 30)
POSE_SECONDS = {"writing": (15, 60), "looking up": (5, 15), "away": (90, 90), "helped": (5, 15)}
"""How long one picture stands for what the candidate does."""
WRITING_SPELLS = 2
"""Between two events."""


class Activity(StrEnum):
    """What the camera shows."""

    WRITING = "writing"
    LOOKING_UP = "looking up"
    AWAY = "away"
    HELPED = "helped"


@dataclass(frozen=True, slots=True)
class Pose:
    """One picture of a spell, shown until `ends`."""

    picture: Path
    ends: float


@dataclass(frozen=True, slots=True)
class Spell:
    """A time, in seconds since the exam began, with one activity."""

    activity: Activity
    starts: float
    ends: float
    poses: tuple[Pose, ...]

    def picture(self, second: float) -> Path:
        """Return what the camera shows at this time."""
        return next(pose.picture for pose in self.poses if second < pose.ends)


def plan(candidate: Candidate, seconds: float, rng: random.Random) -> list[Spell]:
    """Return spells that fill at least this time; the last event is complete."""
    spells: list[Spell] = []
    now = 0.0
    for activity in _activities(candidate, rng):
        if now >= seconds:
            break
        pictures, (low, high) = _pictures(candidate, activity)
        ends = now + rng.uniform(low, high)
        spells.append(Spell(activity, now, ends, tuple(_poses(activity, pictures, now, ends, rng))))
        now = ends
    return spells


def _activities(candidate: Candidate, rng: random.Random) -> Iterator[Activity]:
    """Yield writing and looking up, and now and then an event; each kind in turn, if there are pictures."""
    events = [Activity.AWAY] * bool(candidate.away) + [Activity.HELPED] * bool(candidate.helped)
    rng.shuffle(events)
    for event in cycle(events or [Activity.LOOKING_UP]):
        for _ in range(WRITING_SPELLS):
            yield Activity.WRITING
            yield Activity.LOOKING_UP
        yield event


def _pictures(candidate: Candidate, activity: Activity) -> tuple[list[Path], tuple[int, int]]:
    match activity:
        case Activity.WRITING:
            return candidate.writing, WRITING_SECONDS
        case Activity.LOOKING_UP:
            return candidate.looking_up, LOOKING_UP_SECONDS
        case Activity.AWAY:
            return candidate.away, AWAY_SECONDS
        case Activity.HELPED:
            return candidate.helped, HELPED_SECONDS


def _poses(
    activity: Activity, pictures: list[Path], starts: float, ends: float, rng: random.Random
) -> Iterator[Pose]:
    while starts < ends:
        starts += rng.uniform(*POSE_SECONDS[activity])
        yield Pose(rng.choice(pictures), starts)
