"""`python -m dev rescore MEETING`: what other thresholds would have concluded, from stored scores."""

import argparse
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from dev.stack.errors import CannotStartError
from shared.db.connection import connect
from shared.db.tables import Flag
from shared.presence.observations import ObservationState
from shared.settings import Settings
from shared.verdicts import Findings, FlagKind
from worker.engines.thresholds import Thresholds
from worker.frames.rules import observation_state

OUTCOMES = {ObservationState.CONFIRMED: "confirmed", ObservationState.SUSPECTED: "suspected"}


def main(arguments: list[str]) -> int:
    """Print the meeting's flags for more than one face, each with the new outcome."""
    parser = argparse.ArgumentParser(
        prog="python -m dev rescore",
        description="Shows which flags other thresholds would drop; scores of other frames are not stored.",
    )
    parser.add_argument("meeting", type=UUID, metavar="MEETING")
    parser.add_argument("--threshold", type=float, metavar="SCORE", help="for a face to count (as it was)")
    parser.add_argument("--confirm", type=float, metavar="SCORE", help="for dlib to confirm it (as it was)")
    parser.add_argument("--allowed", type=int, metavar="FACES", help="how many may be seen (as it was)")
    options = parser.parse_args(arguments)
    outcomes: Counter[str] = Counter()
    for flag, findings in _flags(connect(Settings(), pool_size=1), options.meeting):
        outcome = rescored(findings, options.threshold, options.confirm, options.allowed)
        outcomes[outcome] += 1
        print(f"{flag.taken_at:%Y-%m-%d %H:%M:%S}  flag {flag.id}: {outcome}")
    if not outcomes:
        raise CannotStartError(f"meeting {options.meeting} has no flag for more than one face")
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    return 0


def rescored(findings: Findings, face: float | None, confirm: float | None, allowed: int | None) -> str:
    """Return `confirmed`, `suspected` or `no flag`; None means the number that judged the frame."""
    was = findings.thresholds
    thresholds = Thresholds(
        face=was["face_threshold"] if face is None else face,
        confirm=was["confirm_threshold"] if confirm is None else confirm,
    )
    counted, _ = thresholds.apply((*findings.faces, *findings.overlooked))
    seen = observation_state(counted, int(was["faces_allowed"]) if allowed is None else allowed)
    return OUTCOMES.get(seen, "no flag")


def _flags(database: Engine, meeting_id: UUID) -> Iterator[tuple[Flag, Findings]]:
    query = select(Flag).where(Flag.meeting_id == meeting_id, Flag.kind == FlagKind.MULTIPLE_FACES)
    with Session(database) as session:
        for flag in session.scalars(query.order_by(Flag.taken_at)):
            yield flag, Findings.model_validate(flag.findings)
