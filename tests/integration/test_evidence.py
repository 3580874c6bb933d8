"""The evidence outbox: a picture is uploaded once, never lost, and deleted after its retention."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, func, select, update

from dev.stack.stack import Stack
from shared.db.audit import list_audit_entries
from shared.db.connection import connect
from shared.db.evidence import (
    CLAIM_DURATION,
    MAX_BACKOFF,
    backoff,
    find_evidence,
    list_due_uploads,
    mark_failed,
    mark_stored,
)
from shared.db.retention import list_evidence_to_retire, mark_deleted, reschedule_retirement
from shared.db.tables import Evidence, EvidenceStatus
from shared.queue import RETIRE_EVIDENCE, REWRITE_REDIS_FILE, SWEEP_EVIDENCE, create_celery
from shared.settings import Settings, StoreName
from shared.stores.store import Stored
from tests.support.exam import ONE_FACE, TWO_FACES, Exam, assert_problem, bearer
from tests.support.samples import claim_upload, record_pending_evidence
from tests.support.waiting import wait_until

RETIRED_AT_ONCE = 20

STORED = Stored("picture.jpg", None)


@pytest.fixture
def evidence_id(database: Engine) -> UUID:
    return record_pending_evidence(database, datetime.now(UTC))


def change(database: Engine, evidence_id: UUID, **values: object) -> None:
    with database.begin() as connection:
        connection.execute(update(Evidence).where(Evidence.id == evidence_id).values(**values))


def seconds_to_next_try(database: Engine, evidence_id: UUID) -> float:
    wait = func.extract("epoch", Evidence.next_try_at - func.now())
    with database.connect() as connection:
        return float(connection.scalars(select(wait).where(Evidence.id == evidence_id)).one())


def make_due(database: Engine, evidence_id: UUID) -> None:
    change(database, evidence_id, next_try_at=func.now() - timedelta(seconds=1))


def test_only_one_worker_claims_an_upload(database: Engine, evidence_id: UUID) -> None:
    barrier = threading.Barrier(8)

    def claim(_: int) -> object:
        barrier.wait()
        return claim_upload(database, evidence_id)

    with ThreadPoolExecutor(8) as pool:
        claims = [upload for upload in pool.map(claim, range(8)) if upload]

    assert len(claims) == 1


def test_upload_claim_expires(database: Engine, evidence_id: UUID) -> None:
    upload = claim_upload(database, evidence_id)

    assert upload is not None
    assert (upload.picture, upload.content_type, upload.attempt) == (TWO_FACES, "image/jpeg", 1)
    assert claim_upload(database, evidence_id) is None
    assert evidence_id not in list_due_uploads(database, 1_000)
    # A worker that dies with the claim does not block it for ever.
    assert seconds_to_next_try(database, evidence_id) <= CLAIM_DURATION.total_seconds()
    make_due(database, evidence_id)
    again = claim_upload(database, evidence_id)
    assert again is not None
    assert again.attempt == 2


def test_failed_upload_keeps_the_picture_and_backs_off(database: Engine, evidence_id: UUID) -> None:
    waits = []
    for _ in range(4):
        make_due(database, evidence_id)
        upload = claim_upload(database, evidence_id)
        assert upload is not None
        assert upload.picture == TWO_FACES
        mark_failed(database, upload, "the store is away", None)
        waits.append(seconds_to_next_try(database, evidence_id))

    assert waits == sorted(waits)
    assert waits[-1] > waits[0] * 4
    kept = find_evidence(database, evidence_id)
    assert kept is not None
    assert (kept.status, kept.picture) == (EvidenceStatus.PENDING, TWO_FACES)


@pytest.mark.parametrize("attempt", [1, 2, 10, 1_000, 10**9])
def test_backoff_is_at_most_ten_minutes(attempt: int) -> None:
    assert timedelta(seconds=5) <= backoff(attempt) <= MAX_BACKOFF


def test_pause_requested_by_the_store_is_kept(database: Engine, evidence_id: UUID) -> None:
    upload = claim_upload(database, evidence_id)
    assert upload is not None

    mark_failed(database, upload, "429", 3_600)

    assert 3_500 < seconds_to_next_try(database, evidence_id) <= 3_600
    assert evidence_id not in list_due_uploads(database, 1_000)


def test_stored_evidence_drops_its_bytes_and_stays_stored(database: Engine, evidence_id: UUID) -> None:
    upload = claim_upload(database, evidence_id)
    assert upload is not None

    mark_stored(database, StoreName.LOCAL, {evidence_id: STORED})
    mark_failed(database, upload, "an answer that came too late", None)
    mark_stored(database, StoreName.S3, {evidence_id: Stored("another", None)})

    kept = find_evidence(database, evidence_id)
    assert kept is not None
    assert (kept.status, kept.picture) == (EvidenceStatus.STORED, None)
    assert (kept.store, kept.stored) == (StoreName.LOCAL, STORED)
    make_due(database, evidence_id)
    assert claim_upload(database, evidence_id) is None


def test_old_evidence_is_due_until_deleted(database: Engine, evidence_id: UUID) -> None:
    def due() -> set[UUID]:
        return {kept.id for kept in list_evidence_to_retire(database, 30, 1_000)}

    change(database, evidence_id, created_at=func.now() - timedelta(days=29, hours=23))
    assert evidence_id not in due()
    change(database, evidence_id, created_at=func.now() - timedelta(days=30, hours=1))
    assert evidence_id in due()

    kept = find_evidence(database, evidence_id)
    assert kept is not None
    mark_deleted(database, kept)

    assert evidence_id not in due()


def test_failed_retirement_is_rescheduled(database: Engine, evidence_id: UUID) -> None:
    mark_stored(database, StoreName.LOCAL, {evidence_id: STORED})
    change(database, evidence_id, created_at=func.now() - timedelta(days=31))

    def due() -> set[UUID]:
        return {kept.id for kept in list_evidence_to_retire(database, 30, 1_000)}

    assert evidence_id in due()
    reschedule_retirement(database, evidence_id)
    assert evidence_id not in due()
    change(database, evidence_id, next_try_at=func.now() - timedelta(seconds=1))
    assert evidence_id in due()


def test_retirement_keeps_evidence_stored_meanwhile(database: Engine, evidence_id: UUID) -> None:
    pending = find_evidence(database, evidence_id)
    assert pending is not None
    mark_stored(database, StoreName.IMGUR, {evidence_id: Stored("https://i.imgur.com/x.jpg", "hash")})

    mark_deleted(database, pending)

    kept = find_evidence(database, evidence_id)
    assert kept is not None
    assert kept.stored == Stored("https://i.imgur.com/x.jpg", "hash")
    deleted = f"evidence {evidence_id}"
    assert deleted not in [entry.target for entry in list_audit_entries(database, kept.meeting_id)]

    for _ in range(2):  # two tasks may have listed it
        mark_deleted(database, kept)
    assert [entry.target for entry in list_audit_entries(database, kept.meeting_id)].count(deleted) == 1


# -- with real workers and the local store


@pytest.fixture
def stack_database(stack: Stack) -> Engine:
    return connect(Settings(database_url=stack.database_url), pool_size=1)


@pytest.fixture
def send(stack: Stack) -> Iterator[Callable[[str], object]]:
    """Sends a task to the stack's workers, as the scheduler does."""
    with create_celery(Settings(redis_url=stack.redis_url)) as celery:
        yield celery.send_task


def stored_flag(exam: Exam) -> dict[str, str]:
    """Return a flag whose evidence is stored."""
    candidate = exam.join()
    assert candidate.judge_frame(TWO_FACES)["verdict"] == "multiple_faces"

    def stored() -> dict[str, str] | None:
        (flag,) = exam.get_flags().json()["flags"]
        return dict(flag) if flag["evidence"] == "stored" else None

    return wait_until(stored, "the picture is stored")


def evidence_of(flag: dict[str, str]) -> UUID:
    return UUID(httpx.URL(flag["img_url"]).path.rpartition("/")[2])


def test_sweep_uploads_evidence_without_a_message(
    stack_client: httpx.Client, stack_database: Engine, send: Callable[[str], object]
) -> None:
    evidence_id = record_pending_evidence(stack_database, datetime.now(UTC))

    send(SWEEP_EVIDENCE)

    def status() -> bool:
        kept = find_evidence(stack_database, evidence_id)
        return kept is not None and kept.status is EvidenceStatus.STORED

    wait_until(status, "the picture is stored")
    assert stack_client.get("/healthz").is_success


def test_retirement_deletes_the_picture_and_keeps_the_flag(
    stack: Stack, stack_client: httpx.Client, stack_database: Engine, send: Callable[[str], object]
) -> None:
    exam = Exam.create(stack_client)
    flag = stored_flag(exam)
    evidence_id = evidence_of(flag)
    file = Path(stack.environment["EVIDENCE_PATH"]) / f"{evidence_id}.jpg"
    assert file.read_bytes() == TWO_FACES

    change(stack_database, evidence_id, created_at=func.now() - timedelta(days=31))
    send(RETIRE_EVIDENCE)

    wait_until(lambda: exam.get_flags().json()["flags"][0]["evidence"] == "deleted", "the picture is deleted")
    assert not file.exists()
    (left,) = exam.get_flags().json()["flags"]
    assert left["img_url"] is None
    assert left["findings"] == flag["findings"]
    link = httpx.URL(flag["img_url"])
    assert_problem(stack_client.get(link.path, params=link.params), 404)
    assert_problem(stack_client.get(link.path, headers=bearer(exam.admin_key)), 404)


def test_retirement_deletes_more_than_one_batch(
    stack_client: httpx.Client, stack_database: Engine, send: Callable[[str], object]
) -> None:
    flags = [
        record_pending_evidence(stack_database, datetime.now(UTC)) for _ in range(2 * RETIRED_AT_ONCE + 1)
    ]
    for evidence_id in flags:
        change(stack_database, evidence_id, created_at=func.now() - timedelta(days=31))

    send(RETIRE_EVIDENCE)

    def statuses() -> set[EvidenceStatus]:
        kept = (find_evidence(stack_database, evidence_id) for evidence_id in flags)
        return {one.status for one in kept if one}

    wait_until(lambda: statuses() == {EvidenceStatus.DELETED}, "all are deleted")
    assert stack_client.get("/healthz").is_success


def test_redis_rewrite_drops_pictures_from_its_file(
    stack: Stack, stack_client: httpx.Client, send: Callable[[str], object]
) -> None:
    candidate = Exam.create(stack_client).join()
    picture = ONE_FACE + uuid4().bytes  # decoders ignore what follows a JPEG's end
    file = Path(stack.environment["EVIDENCE_PATH"]).with_name("valkey") / "appendonlydir"

    def is_in_file() -> bool:
        try:
            return any(picture in part.read_bytes() for part in file.iterdir())
        except FileNotFoundError:  # the file is being replaced
            return True

    assert candidate.judge_frame(picture)["verdict"] == "ok"
    assert is_in_file()  # although its key is deleted

    send(REWRITE_REDIS_FILE)

    wait_until(lambda: not is_in_file(), "the file is rewritten")
