"""Of a long incident only some pictures are kept: the first, the last and the strongest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select, update

from shared.db.deletions import StoredPicture, claim_deletions, complete_deletion
from shared.db.evidence import list_due_uploads
from shared.db.flags import record_flag
from shared.db.incident_evidence import QUIET, trim_incidents
from shared.db.tables import Deletion, Evidence, EvidenceStatus, Flag
from shared.settings import Settings, StoreName
from shared.verdicts import Findings
from tests.support.samples import make_findings, make_flag
from worker.evidence.deletions import delete
from worker.evidence.uploads import upload_pictures

LIMIT = 5
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class LongIncident:
    """One candidate's flags, recorded and uploaded one after another as the evidence worker does it."""

    def __init__(self, database: Engine, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.template = make_flag(database, START)
        self.ids: list[UUID] = []
        self.uploads = 0

    def flag(self, score: float = 0.0, *, upload: bool = True) -> UUID:
        at = START + timedelta(seconds=5 * len(self.ids))
        flag = replace(self.template, job_id=uuid4(), taken_at=at, findings=two_faces(score))
        self.ids.append(record_flag(self.database, flag))
        if upload:
            self.upload(self.ids[-1])
        return self.ids[-1]

    def upload(self, evidence_id: UUID) -> None:
        trim_incidents(self.database, [evidence_id], LIMIT, StoreName.LOCAL)
        before = self.status(evidence_id)
        upload_pictures(self.database, self.settings, [evidence_id])
        self.uploads += self.status(evidence_id) != before

    def status(self, evidence_id: UUID) -> str:
        with self.database.connect() as connection:
            return connection.scalars(select(Evidence.status).where(Evidence.id == evidence_id)).one()

    def wait_until_quiet(self) -> None:
        """Let the time pass after which deferred pictures are due, and upload what is due."""
        with self.database.begin() as connection:
            connection.execute(
                update(Evidence)
                .where(Evidence.id.in_(self.ids), Evidence.status == EvidenceStatus.PENDING)
                .values(next_try_at=Evidence.next_try_at - QUIET)
            )
        for evidence_id in set(self.ids) & set(list_due_uploads(self.database, 1_000)):
            self.upload(evidence_id)

    def with_status(self, status: EvidenceStatus) -> set[int]:
        """Return the places of the flags whose evidence has this status."""
        return {i for i, evidence_id in enumerate(self.ids) if self.status(evidence_id) == status}


def two_faces(score: float) -> Findings:
    found = make_findings(2)
    faces = [
        face.model_copy(update={"dlib": dlib}) for face, dlib in zip(found.faces, (3.0, score), strict=True)
    ]
    return found.model_copy(update={"faces": tuple(faces)})


@pytest.fixture
def incident(database: Engine, settings: Settings) -> LongIncident:
    return LongIncident(database, settings)


def test_short_incident_keeps_all_pictures(incident: LongIncident) -> None:
    for _ in range(LIMIT):
        incident.flag()

    assert incident.with_status(EvidenceStatus.STORED) == set(range(LIMIT))


def test_300_flags_keep_first_last_and_strongest(incident: LongIncident, settings: Settings) -> None:
    strongest = {40: 1.5, 170: 1.2, 171: 1.3}
    for number in range(300):
        incident.flag(strongest.get(number, 0.0))
    incident.wait_until_quiet()

    kept = {0, 299, *strongest}
    assert incident.with_status(EvidenceStatus.STORED) == kept
    assert incident.with_status(EvidenceStatus.DELETED) == set(range(300)) - kept
    # Uploading each picture would use up Imgur's daily limit.
    assert incident.uploads <= 2 * LIMIT
    delete_what_is_due(incident, settings)
    assert len(files(settings.evidence_path, incident.ids)) == LIMIT


def test_pictures_that_waited_for_the_store_are_dropped_too(incident: LongIncident) -> None:
    for number in range(30):
        incident.flag(number / 100, upload=False)
    for evidence_id in incident.ids:
        incident.upload(evidence_id)
    incident.wait_until_quiet()

    assert incident.with_status(EvidenceStatus.STORED) == {0, 26, 27, 28, 29}
    assert incident.uploads == LIMIT


def test_last_picture_waits_until_the_incident_is_quiet(incident: LongIncident) -> None:
    for _ in range(LIMIT + 3):
        incident.flag()

    last = incident.ids[-1]
    assert incident.status(last) == EvidenceStatus.PENDING
    assert last not in list_due_uploads(incident.database, 1_000)
    with incident.database.connect() as connection:
        due = select(Evidence.next_try_at - Evidence.created_at).where(Evidence.id == last)
        assert connection.scalars(due).one() == QUIET

    incident.wait_until_quiet()
    assert incident.status(last) == EvidenceStatus.STORED


def test_dropped_picture_of_a_started_upload_is_deleted(incident: LongIncident) -> None:
    for _ in range(2):
        incident.flag()
    started = incident.flag(-0.4, upload=False)
    with incident.database.begin() as connection:
        connection.execute(update(Evidence).where(Evidence.id == started).values(attempts=1))
    for _ in range(4):
        incident.flag()

    assert incident.status(started) == EvidenceStatus.DELETED
    with incident.database.connect() as connection:
        names = connection.scalars(
            select(Deletion.reference).where(Deletion.participant_id == incident.template.participant_id)
        )
        assert any(str(started) in name for name in names)


def test_flags_stay_when_their_pictures_go(incident: LongIncident) -> None:
    for _ in range(12):
        incident.flag()

    with incident.database.connect() as connection:
        count = select(func.count()).where(Flag.participant_id == incident.template.participant_id)
        assert connection.scalar(count) == 12


@pytest.mark.parametrize(("limit", "kept"), [(1, {0}), (2, {0, 6}), (3, {0, 3, 6})])
def test_limit_keeps_the_first_then_the_last(incident: LongIncident, limit: int, kept: set[int]) -> None:
    for number in range(7):
        incident.flag(1.0 if number == 3 else 0.0, upload=False)
    trim_incidents(incident.database, incident.ids[-1:], limit, StoreName.LOCAL)

    assert incident.with_status(EvidenceStatus.PENDING) == kept


def delete_what_is_due(incident: LongIncident, settings: Settings) -> None:
    own = {str(evidence_id) for evidence_id in incident.ids}
    for deletion in claim_deletions(incident.database, 1_000):
        # Other tests' pictures are due too, some in stores that only their settings know.
        if isinstance(deletion.target, StoredPicture) and Path(deletion.target.stored.reference).stem in own:
            delete(deletion.target, settings)
            complete_deletion(incident.database, deletion)


def files(folder: Path, ids: list[UUID]) -> list[Path]:
    names = {str(evidence_id) for evidence_id in ids}
    return [path for path in folder.rglob("*.jpg") if path.stem in names]
