"""One candidate's simulated exam: frames at the page's interval, and what became of each event."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from dev.exam.camera import take_frame
from dev.exam.candidate import Candidate
from dev.exam.judge import FrameJudge, Participant
from dev.exam.timetable import Activity, Spell
from shared.presence.observations import FAST_INTERVAL_MS
from shared.verdicts import FlagKind

EXPECTED = {
    Activity.AWAY: {FlagKind.NO_FACE, FlagKind.TECHNICAL},
    Activity.HELPED: {FlagKind.MULTIPLE_FACES},
}
"""The flags that are right; elsewhere each flag is false."""


@dataclass(frozen=True, slots=True)
class SeenFlag:
    """A flagged frame."""

    second: float
    kind: FlagKind
    picture: Path
    spell: Spell

    @property
    def is_false(self) -> bool:
        """Whether the picture does not justify it."""
        return self.kind not in EXPECTED.get(self.spell.activity, set())


@dataclass(frozen=True, slots=True)
class Sitting:
    """One candidate's exam."""

    candidate: str
    seconds: float
    frames: int
    spells: list[Spell]
    flags: list[SeenFlag]

    def events(self, activity: Activity) -> Iterator[tuple[Spell, float | None]]:
        """Yield each event with the seconds until its first right flag; None if there was none."""
        for spell in self.spells:
            if spell.activity is activity:
                found = [each.second for each in self.flags if each.spell is spell and not each.is_false]
                yield spell, found[0] - spell.starts if found else None


def sit(
    candidate: Candidate, spells: list[Spell], judge: FrameJudge, interval_ms: int, rng: random.Random
) -> Sitting:
    """Send frames as the page does: faster while a suspicion lasts."""
    participant = Participant(UUID(int=rng.getrandbits(128), version=4))
    flags: list[SeenFlag] = []
    second, frames = 0.0, 0
    for spell in spells:
        while second < spell.ends:
            picture = spell.picture(second)
            job_id = UUID(int=rng.getrandbits(128), version=4)
            verdict = judge.judge_frame(participant, job_id, take_frame(picture, rng), second)
            frames += 1
            if verdict.flag:
                flags.append(SeenFlag(second, verdict.flag, picture, spell))
            is_suspected = second < participant.suspected_until
            second += (min(interval_ms, FAST_INTERVAL_MS) if is_suspected else interval_ms) / 1000
    return Sitting(candidate.name, spells[-1].ends, frames, spells, flags)
