"""The simulated candidates: which labelled pictures show each of them, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dev.accuracy.labels import Label


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person's pictures."""

    name: str
    writing: list[Path]
    looking_up: list[Path]
    helped: list[Path]
    """With a second person."""
    away: list[Path]
    """Without anybody. The room may be another candidate's."""


def read_candidates(labels: list[Label], face_score: Callable[[Path], float]) -> list[Candidate]:
    """Return the candidates of whom there are pictures alone.

    No label says where the head is bent, so the half in which the face is found worst is the writing.
    """
    away = [label.file for label in labels if label.persons == 0]
    candidates = []
    for name in sorted({label.group for label in labels}):
        own = [label for label in labels if label.group == name and label.persons is not None]
        alone = sorted((label.file for label in own if label.persons == 1), key=face_score)
        if alone:
            half = (len(alone) + 1) // 2
            helped = [label.file for label in own if label.persons and label.persons > 1]
            candidates.append(Candidate(name, alone[:half], alone[half:] or alone, helped, away))
    return candidates
