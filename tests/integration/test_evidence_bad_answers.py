"""The outbox with a store whose answers are unusable: few retries, no remaining copy, no endless pause."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine, func, select, text, update

from dev.stack.processes import Process
from dev.vendors import imgur as vendor
from dev.vendors.server import Answer
from shared.db.deletions import (
    StoredPicture,
    claim_deletions,
    complete_deletion,
    enqueue_deletion,
    reschedule_deletion,
)
from shared.db.evidence import find_evidence, mark_failed
from shared.db.flags import record_flag
from shared.db.tables import Deletion, Evidence, EvidenceStatus
from shared.queue import SWEEP_EVIDENCE, create_celery
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import Stored
from tests.support.erasures import complete_erasure
from tests.support.evidence_worker import evidence_worker_process
from tests.support.exam import TWO_FACES, CandidateClient, Exam
from tests.support.samples import claim_upload, make_flag, record_pending_evidence
from tests.support.vendors.faulty_imgur import FaultyImgur, with_data
from tests.support.waiting import wait_until
from worker.evidence.uploads import MAX_UNUSABLE_RESPONSES, upload_pictures

HOUR, DAY = 3_600, 86_400


@pytest.fixture
def imgur() -> Iterator[FaultyImgur]:
    with FaultyImgur(lambda answer: answer) as server:
        yield server


@pytest.fixture
def at_imgur(settings: Settings, imgur: FaultyImgur) -> Settings:
    chosen = {"evidence_store": StoreName.IMGUR, "imgur_client_id": "any", "imgur_api_url": imgur.url}
    return Settings(**dict(settings) | chosen)


def state_of(database: Engine, evidence_id: UUID) -> tuple[str, str | None, float]:
    wait = func.extract("epoch", Evidence.next_try_at - func.now())
    query = select(Evidence.status, Evidence.last_error, wait).where(Evidence.id == evidence_id)
    with database.connect() as connection:
        status, error, seconds = connection.execute(query).one()
    return status, error, float(seconds)


def make_due(database: Engine, evidence_id: UUID) -> None:
    with database.begin() as connection:
        connection.execute(
            update(Evidence)
            .where(Evidence.id == evidence_id)
            .values(next_try_at=func.now() - text("interval '1 s'"))
        )


def postpone_all(database: Engine) -> None:
    """Keep the worker from uploading evidence that other tests have left."""
    with database.begin() as connection:
        connection.execute(update(Evidence).values(next_try_at=func.now() + text("interval '1 day'")))


@pytest.fixture
def worker(
    settings: Settings,
    redis: Redis,  # noqa: ARG001
    imgur: FaultyImgur,
    tmp_path: Path,
) -> Iterator[Process]:
    process = evidence_worker_process(
        settings, tmp_path, EVIDENCE_STORE="imgur", IMGUR_CLIENT_ID="any", IMGUR_API_URL=imgur.url
    )
    yield process
    process.kill()


def test_unusable_answers_limit_the_uploads(
    imgur: FaultyImgur, worker: Process, settings: Settings, database: Engine
) -> None:
    imgur.distort = with_data(link="http://127.0.0.1/a\0.jpg")
    postpone_all(database)
    evidence_id = record_pending_evidence(database, datetime.now(UTC))
    for attempt in range(1, MAX_UNUSABLE_RESPONSES + 1):
        make_due(database, evidence_id)
        worker.start()  # a new process has no pause of an hour yet
        with create_celery(settings) as celery:
            celery.send_task(SWEEP_EVIDENCE)
            wait_until(lambda attempt=attempt: imgur.uploads >= attempt, "it is uploaded")  # type: ignore[misc]
            wait_until(lambda: state_of(database, evidence_id)[2] > HOUR / 2, "it is postponed")
            celery.send_task(SWEEP_EVIDENCE)
        worker.stop()

    assert imgur.uploads == MAX_UNUSABLE_RESPONSES
    assert imgur.pictures == {}
    status, error, wait = state_of(database, evidence_id)
    assert status == EvidenceStatus.PENDING
    assert error
    assert "no usable link" in error
    assert wait > DAY - HOUR


def test_remaining_copy_is_deleted_later(imgur: FaultyImgur, at_imgur: Settings, database: Engine) -> None:
    imgur.distort = partial(leave_copy, imgur, None)
    evidence_id = record_pending_evidence(database, datetime.now(UTC))

    upload_pictures(database, at_imgur, [evidence_id])

    [picture] = imgur.pictures.values()
    [deletion] = [
        deletion
        for deletion in claim_deletions(database, 1_000)
        if delete_hash_of(deletion.target) == picture.delete_hash
    ]
    assert isinstance(deletion.target, StoredPicture)
    open_store(StoreName.IMGUR, at_imgur).delete(deletion.target.stored)
    complete_deletion(database, deletion)
    assert imgur.pictures == {}


@pytest.mark.parametrize("erased_during_upload", [False, True])
def test_erasure_counts_a_remaining_copy(
    imgur: FaultyImgur,
    at_imgur: Settings,
    database: Engine,
    other_gateway: Callable[[Settings], httpx.Client],
    erased_during_upload: bool,
) -> None:
    """In both orders: erased after the answer that leaves a copy, and erased during the upload."""
    exam = Exam.create(other_gateway(at_imgur))
    candidate = exam.join()
    flag = make_flag(database, datetime.now(UTC))
    own_flag = replace(flag, meeting_id=UUID(exam.id), participant_id=UUID(candidate.id))
    interrupt = partial(exam.erase, candidate.id) if erased_during_upload else None
    imgur.distort = partial(leave_copy, imgur, interrupt)

    upload_pictures(database, at_imgur, [record_flag(database, own_flag)])
    exam.erase(candidate.id)
    complete_erasure(database, UUID(candidate.id))

    state = exam.erase(candidate.id)
    assert (state.status_code, state.json()["pictures_left"]) == (202, 1)


def test_late_copy_reopens_a_complete_erasure(
    database: Engine, exam: Exam, candidate: CandidateClient
) -> None:
    exam.erase(candidate.id)
    complete_erasure(database, UUID(candidate.id))
    assert exam.erase(candidate.id).status_code == 200

    enqueue_deletion(database, StoredPicture(StoreName.S3, Stored("late", None)), UUID(candidate.id))

    state = exam.erase(candidate.id)
    assert (state.status_code, state.json()["pictures_left"]) == (202, 1)
    [deletion] = [
        one
        for one in claim_deletions(database, 1_000)
        if isinstance(one.target, StoredPicture) and one.target.stored.reference == "late"
    ]
    complete_deletion(database, deletion)
    assert exam.erase(candidate.id).status_code == 200


def leave_copy(imgur: FaultyImgur, interrupt: Callable[[], object] | None, answer: Answer) -> Answer:
    if interrupt:
        interrupt()
    imgur.fail_next(vendor.SERVER_ERROR)
    distorted = with_data(link=None)(answer)
    assert isinstance(distorted, Answer)
    return distorted


def delete_hash_of(what: object) -> str | None:
    return what.stored.delete_hash if isinstance(what, StoredPicture) else None


def test_picture_that_cannot_be_recorded_is_deleted(settings: Settings, database: Engine) -> None:
    evidence_id = record_pending_evidence(database, datetime.now(UTC))
    with database.begin() as connection:
        connection.execute(
            text("ALTER TABLE evidence ADD CONSTRAINT no_more CHECK (status <> 'stored') NOT VALID")
        )
    try:
        upload_pictures(database, settings, [evidence_id])
    finally:
        with database.begin() as connection:
            connection.execute(text("ALTER TABLE evidence DROP CONSTRAINT no_more"))

    assert not list(settings.evidence_path.glob(f"{evidence_id}*"))
    kept = find_evidence(database, evidence_id)
    assert kept
    assert (kept.status, kept.picture) == (EvidenceStatus.PENDING, TWO_FACES)
    error = state_of(database, evidence_id)[1]
    assert error
    assert "can't be recorded" in error


def test_refused_upload_spares_its_batch(imgur: FaultyImgur, at_imgur: Settings, database: Engine) -> None:
    refused, other = (record_pending_evidence(database, datetime.now(UTC)) for _ in range(2))
    imgur.fail_next(vendor.SERVER_ERROR)

    upload_pictures(database, at_imgur, [refused, other])

    assert [state_of(database, one)[0] for one in (refused, other)] == ["pending", "stored"]
    assert state_of(database, refused)[2] > 0


def test_store_error_text_is_cleaned_for_postgres(
    imgur: FaultyImgur, at_imgur: Settings, database: Engine
) -> None:
    imgur.fault = Answer(500, '{"success":false,"data":{"error":"a\\u0000b \\ud800 \\u202e c"}}')
    evidence_id = record_pending_evidence(database, datetime.now(UTC))

    upload_pictures(database, at_imgur, [evidence_id])

    assert state_of(database, evidence_id)[1] == "Imgur answered 500: a b c"


@pytest.mark.parametrize("asked", [1e300, 10**12, 253_402_300_800.0, DAY + 1])
def test_pause_is_at_most_a_day(database: Engine, asked: float) -> None:
    evidence_id = record_pending_evidence(database, datetime.now(UTC))
    upload = claim_upload(database, evidence_id)
    assert upload
    mark_failed(database, upload, "so busy", asked)
    assert DAY - HOUR < state_of(database, evidence_id)[2] <= DAY

    with database.begin() as connection:
        connection.execute(text("INSERT INTO deletions (store, reference) VALUES ('s3', 'patient')"))
    [deletion] = [
        deletion
        for deletion in claim_deletions(database, 1_000)
        if deletion.target == StoredPicture(StoreName.S3, Stored("patient", None))
    ]
    reschedule_deletion(database, deletion, "so busy", asked)
    wait = select(func.extract("epoch", Deletion.next_try_at - func.now())).where(Deletion.id == deletion.id)
    with database.connect() as connection:
        assert DAY - HOUR < connection.execute(wait).scalar_one() <= DAY
    complete_deletion(database, deletion)
