"""`python -m dev rescore MEETING`: what other thresholds would have concluded, from stored scores."""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from dev.stack.errors import CannotStartError
from shared.db.connection import connect
from shared.db.tables import Flag
from shared.judging.rescoring import rescore_state
from shared.presence.observations import ObservationState
from shared.settings import Settings
from shared.verdicts import Findings, FlagKind

OPTIONS = {
    "--threshold": ("face_threshold", "score of a face that counts"),
    "--confirm": ("confirm_threshold", "dlib's score of a confirmed face"),
    "--sure": ("sure_face_threshold", "score of a face that needs less of dlib"),
    "--allowance": ("sure_face_allowance", "how much less it needs, if its mouth is straight"),
    "--mouth-angle": ("max_mouth_angle", "degrees to the eyes up to which a mouth is straight"),
    "--second": ("second_person_threshold", "score of a second person without a visible face"),
    "--allowed": ("faces_allowed", "how many people may be seen"),
}
OUTCOMES = {ObservationState.CONFIRMED: "confirmed", ObservationState.SUSPECTED: "suspected"}


def main(arguments: list[str]) -> int:
    """Print the meeting's flags for more than one face, each with the new outcome."""
    parser = argparse.ArgumentParser(
        prog="python -m dev rescore",
        description="Shows which flags other thresholds would drop; scores of other frames are not stored.",
    )
    parser.add_argument("meeting", type=UUID, metavar="MEETING")
    for option, (rule, explanation) in OPTIONS.items():
        help_text = f"{explanation} (as it was)"
        parser.add_argument(option, dest=rule, type=float, metavar="NUMBER", help=help_text)
    options = parser.parse_args(arguments)
    changes = {rule: getattr(options, rule) for rule, _ in OPTIONS.values()}
    changes = {rule: number for rule, number in changes.items() if number is not None}
    outcomes: Counter[str] = Counter()
    for flag, findings in _flags(connect(Settings(), pool_size=1), options.meeting):
        outcome = rescored(findings, changes)
        outcomes[outcome] += 1
        print(f"{flag.taken_at:%Y-%m-%d %H:%M:%S}  flag {flag.id}: {outcome}")
    if not outcomes:
        raise CannotStartError(f"meeting {options.meeting} has no flag for more than one face")
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    return 0


def rescored(findings: Findings, changes: Mapping[str, float]) -> str:
    """Return `confirmed`, `suspected` or `no flag`; a rule without a change is as it was for this frame."""
    return OUTCOMES.get(rescore_state(findings, changes, Settings().rules), "no flag")


def _flags(database: Engine, meeting_id: UUID) -> Iterator[tuple[Flag, Findings]]:
    query = select(Flag).where(Flag.meeting_id == meeting_id, Flag.kind == FlagKind.MULTIPLE_FACES)
    with Session(database) as session:
        for flag in session.scalars(query.order_by(Flag.taken_at)):
            yield flag, Findings.model_validate(flag.findings)
