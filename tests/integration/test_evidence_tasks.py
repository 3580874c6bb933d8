"""The evidence worker's tasks that delete, while a store or a vendor is slow."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import OperationalError

from shared.db.batches import BATCH
from shared.db.deletions import StoredPicture, claim_deletions, complete_deletion, enqueue_deletion
from shared.db.notes import write_note
from shared.db.tables import Evidence, EvidenceStatus, Flag, Note, TimelineMinute
from shared.queue import create_celery
from shared.settings import Settings, StoreName
from shared.stores.store import Stored
from tests.support.exam import TWO_FACES, CandidateClient, Exam
from tests.support.jobs import judge_frame
from tests.support.races import change_after
from tests.support.samples import claim_upload, record_pending_evidence
from worker.evidence.tasks import EvidenceTasks
from worker.frames.judging import Judging
from worker.runtime.jobs import Jobs


@pytest.fixture
def hurried(settings: Settings, database: Engine, redis: Redis, jobs: Jobs) -> EvidenceTasks:
    """Tasks that have time for one deletion only."""
    settings.evidence_path.mkdir(parents=True, exist_ok=True)
    for deletion in claim_deletions(database, 1_000):  # of other tests
        complete_deletion(database, deletion)
    return EvidenceTasks(create_celery(settings), settings, database, redis, jobs, max_deletion_seconds=0)


def enqueue(database: Engine, participant_id: UUID | None = None) -> None:
    enqueue_deletion(database, StoredPicture(StoreName.LOCAL, Stored(f"{uuid4()}.jpg", None)), participant_id)


@pytest.mark.usefixtures("hurried")
def test_deletion_is_claimed_by_one_worker(database: Engine) -> None:
    enqueue(database)
    enqueue(database)

    first, second = claim_deletions(database, 1), claim_deletions(database, 2)

    assert len({deletion.id for deletion in first + second}) == len(first) + len(second) == 2


def test_erasure_out_of_time_continues_in_the_next_task(
    hurried: EvidenceTasks, database: Engine, exam: Exam
) -> None:
    candidate = exam.join()
    exam.erase(candidate.id)
    for _ in range(3):
        enqueue(database, UUID(candidate.id))

    for pictures_left in (2, 1):
        hurried.erase()
        assert exam.erase(candidate.id).json()["pictures_left"] == pictures_left
    hurried.erase()
    assert exam.erase(candidate.id).json()["completed_at"]


def test_retirement_out_of_time_continues_in_the_next_task(
    hurried: EvidenceTasks, database: Engine, redis: Redis
) -> None:
    ids = [record_pending_evidence(database, datetime.now(UTC)) for _ in range(2)]
    long_ago = datetime.now(UTC) - timedelta(days=1_000)
    with database.begin() as connection:
        connection.execute(update(Evidence).where(Evidence.id.in_(ids)).values(created_at=long_ago))

    def deleted() -> int:
        query = select(func.count()).where(Evidence.id.in_(ids), Evidence.status == EvidenceStatus.DELETED)
        with database.connect() as connection:
            return connection.scalar(query) or 0

    hurried.retire_evidence()

    assert deleted() == 1
    assert redis.llen("evidence") == 1
    hurried.retire_evidence()
    assert deleted() == 2


def test_erasure_waits_for_the_copy_of_a_retired_picture(
    hurried: EvidenceTasks, database: Engine, candidate: CandidateClient, exam: Exam, judging: Judging
) -> None:
    job_id = UUID(candidate.submit_frame(TWO_FACES))
    judge_frame(judging, job_id)
    of_frame = select(Evidence.id).join(Flag).where(Flag.job_id == job_id)
    with database.begin() as connection:
        evidence_id = connection.scalars(of_frame).one()
        aged = update(Evidence).where(Evidence.id == evidence_id)
        connection.execute(aged.values(created_at=datetime.now(UTC) - timedelta(days=1_000)))
    assert claim_upload(database, evidence_id)  # its worker dies, or is still writing

    hurried.retire_evidence()

    assert exam.erase(candidate.id).json()["pictures_left"] == 1


def fail() -> None:
    raise OperationalError("DELETE", None, Exception("canceling statement due to statement timeout"))


def test_retention_deletes_in_batches_and_each_kind_alone(
    hurried: EvidenceTasks, database: Engine, candidate: CandidateClient
) -> None:
    write_note(database, UUID(candidate.meeting_id), "Grace", "The lamp is off.")

    def old_rows() -> tuple[int, int]:
        minutes = select(func.count()).where(TimelineMinute.minute <= 3 * BATCH)
        notes = select(func.count()).where(Note.written_at <= long_ago)
        with database.connect() as connection:
            return connection.scalar(minutes) or 0, connection.scalar(notes) or 0

    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    many = "INSERT INTO timeline SELECT :id, minute, 1, 12 FROM generate_series(1, :count) minute"
    with database.begin() as connection:
        connection.execute(text(many), {"id": candidate.id, "count": 2 * BATCH + 1})
        connection.execute(update(Note).values(written_at=long_ago))
    with change_after(database, "DELETE FROM timeline", fail):
        hurried.retire_timelines()
    assert old_rows() == (2 * BATCH + 1, 0)

    hurried.retire_timelines()
    assert old_rows() == (0, 0)
