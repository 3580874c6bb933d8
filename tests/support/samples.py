"""Sample data whose details do not matter to the tests."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert

from shared.db.audit import Actor
from shared.db.evidence import Upload, claim_uploads
from shared.db.flags import NewFlag, record_flag
from shared.db.meetings import add_participant, create_meeting
from shared.db.tables import Evidence, EvidenceStatus, Flag, Incident, Role
from shared.settings import Settings
from shared.verdicts import Findings, FlagKind
from tests.support.exam import TWO_FACES, Exam

THUMBNAIL = b"a small picture"
DEFAULT_RULES = Settings().rules


def make_findings(faces: int = 0) -> Findings:
    """Return findings of an engine with this number of faces."""
    face = {"box": {"left": 0, "top": 0, "width": 1, "height": 1}, "score": 0.5, "confirmed": True}
    size = {"width": 640, "height": 480, "brightness": 0.5}
    times = {"decode_ms": 1, "detect_ms": 2}
    engine = {"engine": "none", "version": "1", "thresholds": {}}
    return Findings.model_validate({**engine, **size, **times, "faces": [face] * faces})


def make_flag(database: Engine, taken_at: datetime) -> NewFlag:
    """Return a flag that is not recorded yet, in a new meeting."""
    meeting, _ = create_meeting(database, "Algebra I", Actor.ANYONE)
    return NewFlag(
        job_id=uuid4(),
        meeting_id=meeting.id,
        participant_id=add_participant(database, meeting, "Ada", Role.CANDIDATE),
        kind=FlagKind.MULTIPLE_FACES,
        findings=make_findings(2),
        taken_at=taken_at,
        picture=TWO_FACES,
        content_type="image/jpeg",
        thumbnail=THUMBNAIL,
    )


def record_pending_evidence(database: Engine, taken_at: datetime) -> UUID:
    """Record a flag whose evidence is pending; return the evidence id."""
    return record_flag(database, make_flag(database, taken_at))


def claim_upload(database: Engine, evidence_id: UUID) -> Upload | None:
    """Claim one upload; None if it is not due."""
    return next(iter(claim_uploads(database, [evidence_id])), None)


def add_flags(database: Engine, exam: Exam, times: list[datetime]) -> list[int]:
    """Insert flags of one incident taken at these times, whose pictures are not due; return their ids."""
    person = {
        "meeting_id": UUID(exam.id),
        "participant_id": UUID(exam.join().id),
        "kind": "multiple_faces",
    }
    span = {"started_at": min(times), "ended_at": max(times), "flags": len(times), "severity": 0}
    with database.begin() as connection:
        incident_id = connection.scalars(insert(Incident).returning(Incident.id), person | span).one()
        flag = person | {
            "incident_id": incident_id,
            "faces": 2,
            "findings": make_findings(2).model_dump(mode="json"),
        }
        rows = [{**flag, "job_id": uuid4(), "taken_at": taken_at} for taken_at in times]
        ids = list(connection.scalars(insert(Flag).returning(Flag.id, sort_by_parameter_order=True), rows))
        picture = {
            "status": EvidenceStatus.PENDING,
            "content_type": "image/jpeg",
            "sha256": "",
            "picture": b"x",
            # Not yet, or an evidence worker would upload them: for thousands it needs most of a minute.
            "next_try_at": datetime.now(UTC) + timedelta(days=1),
        }
        connection.execute(insert(Evidence), [{**picture, "flag_id": flag_id} for flag_id in ids])
    return ids
