"""`python -m dev rescore MEETING`: which flags other thresholds would have raised, from kept scores."""

import argparse
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from dev.errors import CannotStartError
from shared.database import connect
from shared.settings import Settings
from shared.tables import Flag
from shared.verdicts import Findings, FlagKind


def main(arguments: list[str]) -> int:
    """Print the meeting's flags for more than one face, each with what would have become of it."""
    parser = argparse.ArgumentParser(
        prog="python -m dev rescore",
        description="Scores are kept of flagged frames only: it tells what stricter thresholds leave out.",
    )
    parser.add_argument("meeting", type=UUID, metavar="MEETING")
    parser.add_argument(
        "--threshold", type=float, default=0.5, metavar="SCORE", help="for a face to count (0.5)"
    )
    parser.add_argument(
        "--hog", type=float, default=-0.9, metavar="SCORE", help="for dlib to confirm it (-0.9)"
    )
    options = parser.parse_args(arguments)
    outcomes: Counter[str] = Counter()
    for flag, findings in _flags(connect(Settings(), pool_size=1), options.meeting):
        outcome = rescored(findings, options.threshold, options.hog)
        outcomes[outcome] += 1
        print(f"{flag.taken_at:%Y-%m-%d %H:%M:%S}  flag {flag.id}: {outcome}")
    if not outcomes:
        raise CannotStartError(f"meeting {options.meeting} has no flag for more than one face")
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    return 0


def rescored(findings: Findings, threshold: float, hog: float) -> str:
    """`confirmed`, `suspected` or `no flag`, for at least this score and this score of dlib's."""
    faces = [face for face in findings.faces if face.score >= threshold]
    # Engines of a single stage have no score of dlib's beside their own.
    confirmed = [face for face in faces if face.confirmed and (face.hog is None or face.hog >= hog)]
    if len(confirmed) > 1:
        return "confirmed"
    return "suspected" if len(faces) > 1 else "no flag"


def _flags(database: Engine, meeting_id: UUID) -> Iterator[tuple[Flag, Findings]]:
    query = select(Flag).where(Flag.meeting_id == meeting_id, Flag.kind == FlagKind.MULTIPLE_FACES)
    with Session(database) as session:
        for flag in session.scalars(query.order_by(Flag.taken_at)):
            yield flag, Findings.model_validate(flag.findings)
