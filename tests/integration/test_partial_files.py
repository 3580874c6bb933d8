"""Partial files of killed workers are deleted."""

import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from celery import Celery
from redis import Redis
from sqlalchemy import Engine, text

from dev.stack.processes import Process
from dev.vendors.server import Answer, Call, Vendor
from shared.db.evidence import find_evidence
from shared.db.flags import record_flag
from shared.links import SignedLinks
from shared.queue import ERASE, RETIRE_EVIDENCE, SWEEP_EVIDENCE, UPLOAD_EVIDENCE, create_celery
from shared.settings import Settings
from shared.stores.local import MAX_PARTIAL_FILES, PARTIAL_FILE_SECONDS, LocalStore
from shared.stores.s3 import S3Store
from shared.stores.store import Stored, StoreError
from tests.support.evidence_worker import evidence_worker_process
from tests.support.exam import TWO_FACES, CandidateClient, Exam
from tests.support.samples import claim_upload, make_flag
from tests.support.waiting import wait_until

LARGE = TWO_FACES + bytes(8_000_000)
"""Takes long enough to write that a test can see the partial file."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def local(pictures: Path) -> LocalStore:
    return LocalStore(
        pictures, SignedLinks("a secret of the tests, 32 characters or more", "http://x", "evidence")
    )


@pytest.fixture
def worker(settings: Settings, redis: Redis, tmp_path: Path, pictures: Path) -> Iterator[Process]:  # noqa: ARG001
    process = evidence_worker_process(settings, tmp_path, EVIDENCE_PATH=str(pictures))
    yield process
    process.kill()


@pytest.fixture
def celery(settings: Settings) -> Iterator[Celery]:
    with create_celery(settings) as app:
        yield app


def files_of(directory: Path, evidence_id: UUID) -> list[Path]:
    return sorted(directory.rglob(f"*{evidence_id}*")) if directory.exists() else []


def flag_large(database: Engine, candidate: CandidateClient) -> UUID:
    """Record a flag of the candidate with a large picture; return its evidence id."""
    flag = make_flag(database, datetime.now(UTC))
    own = replace(
        flag, meeting_id=UUID(candidate.meeting_id), participant_id=UUID(candidate.id), picture=LARGE
    )
    return record_flag(database, own)


def kill_while_writing(
    worker: Process, celery: Celery, database: Engine, candidate: CandidateClient, pictures: Path
) -> UUID:
    """Kill the worker while it writes a picture; return the evidence id."""
    for _ in range(20):
        evidence_id = flag_large(database, candidate)
        celery.send_task(UPLOAD_EVIDENCE, args=[str(evidence_id)])
        # Without a pause: it takes milliseconds to write.
        wait_until(lambda: any(files_of(pictures, evidence_id) for _ in range(2_000)), "the file exists")  # noqa: B023
        os.kill(worker.pid, signal.SIGSTOP)
        time.sleep(0.05)  # let its current system call end
        if [file.name for file in files_of(pictures, evidence_id)] != [f"{evidence_id}.jpg"]:
            worker.kill()
            return evidence_id
        os.kill(worker.pid, signal.SIGCONT)
    raise AssertionError("each picture was complete when it was seen")


def make_due(database: Engine) -> None:
    """Let claims and backoffs expire."""
    with database.begin() as connection:
        connection.execute(text("UPDATE evidence SET next_try_at = now() WHERE status = 'pending'"))
        connection.execute(text("UPDATE deletions SET next_try_at = now()"))


def test_erasure_deletes_partial_files(
    exam: Exam, candidate: CandidateClient, worker: Process, celery: Celery, database: Engine, pictures: Path
) -> None:
    worker.start()
    evidence_id = kill_while_writing(worker, celery, database, candidate, pictures)
    assert files_of(pictures, evidence_id)

    assert exam.erase(candidate.id).json()["pictures_left"] >= 1

    make_due(database)
    worker.start()

    def is_complete() -> bool:
        celery.send_task(ERASE)
        time.sleep(0.5)
        return exam.erase(candidate.id).status_code == 200

    wait_until(is_complete, "the erasure is complete")
    assert exam.erase(candidate.id).json()["pictures_left"] == 0
    assert list(pictures.iterdir()) == []


def test_retried_upload_deletes_partial_files(
    candidate: CandidateClient,
    worker: Process,
    celery: Celery,
    database: Engine,
    pictures: Path,
    local: LocalStore,
) -> None:
    worker.start()
    evidence_id = kill_while_writing(worker, celery, database, candidate, pictures)
    make_due(database)
    worker.start()
    celery.send_task(SWEEP_EVIDENCE)

    def stored() -> Stored | None:
        kept = find_evidence(database, evidence_id)
        return kept.stored if kept else None

    picture = wait_until(stored, "the picture is stored")
    assert local.read(picture) == LARGE
    assert files_of(pictures, evidence_id) == [pictures / f"{evidence_id}.jpg"]


def test_worker_deletes_old_partial_files_at_start(worker: Process, pictures: Path) -> None:
    pictures.mkdir()
    old = [pictures / f"{uuid4()}.jpg#1", pictures / f"{uuid4()}#27"]
    others = [pictures / f"{uuid4()}.jpg", pictures / f"{uuid4()}.jpg#1", pictures / "notes#1"]
    for file in [*old, *others]:
        file.write_bytes(b"partial")
    for file in [*old, others[0], others[2]]:
        os.utime(file, (0, time.time() - PARTIAL_FILE_SECONDS - 1))

    worker.start()

    wait_until(lambda: not any(file.exists() for file in old), "old files are deleted")
    assert all(file.exists() for file in others)


def test_partial_files_do_not_block_an_upload(local: LocalStore, pictures: Path) -> None:
    evidence_id = uuid4()
    pictures.mkdir()
    for number in range(1, MAX_PARTIAL_FILES):
        (pictures / f"{evidence_id}.jpg#{number}").write_bytes(b"partial")

    stored = local.put(evidence_id, TWO_FACES, "image/jpeg")

    assert local.read(stored) == TWO_FACES
    assert list(pictures.iterdir()) == [pictures / f"{evidence_id}.jpg"]


def test_deleting_a_picture_deletes_its_partial_files(local: LocalStore, pictures: Path) -> None:
    stored = local.put(uuid4(), TWO_FACES, "image/jpeg")
    (pictures / f"{stored.reference}#3").write_bytes(b"partial")

    local.delete(stored)

    assert list(pictures.iterdir()) == []


def test_too_many_partial_files_fail_until_swept(local: LocalStore, pictures: Path) -> None:
    evidence_id = uuid4()
    pictures.mkdir()
    for number in range(1, MAX_PARTIAL_FILES + 1):
        (pictures / f"{evidence_id}.jpg#{number}").write_bytes(b"partial")

    with pytest.raises(StoreError, match="temporary files already"):
        local.put(evidence_id, TWO_FACES, "image/jpeg")

    assert local.delete_partial_files(older_than=-1) == MAX_PARTIAL_FILES
    local.put(evidence_id, TWO_FACES, "image/jpeg")
    assert [file.name for file in pictures.iterdir()] == [f"{evidence_id}.jpg"]


def test_sweep_without_a_directory_deletes_nothing(local: LocalStore) -> None:
    assert local.delete_partial_files() == 0


def test_retention_deletes_pictures_of_aborted_uploads(
    candidate: CandidateClient,
    worker: Process,
    celery: Celery,
    database: Engine,
    pictures: Path,
    local: LocalStore,
) -> None:
    """The worker dies between the store's answer and its own commit, and retention ends before a retry."""
    evidence_id = flag_large(database, candidate)
    assert claim_upload(database, evidence_id)
    local.put(evidence_id, LARGE, "image/jpeg")
    with database.begin() as connection:
        connection.execute(
            text("UPDATE evidence SET created_at = now() - interval '31 days' WHERE id = :id"),
            {"id": evidence_id},
        )
    worker.start()
    celery.send_task(RETIRE_EVIDENCE)
    wait_until(lambda: is_deletion_pending(database, f"{evidence_id}.jpg"), "its deletion is pending")

    make_due(database)
    celery.send_task(ERASE)

    wait_until(lambda: files_of(pictures, evidence_id) == [], "the file is deleted")


def is_deletion_pending(database: Engine, reference: str) -> bool:
    with database.connect() as connection:
        query = text("SELECT count(*) FROM deletions WHERE reference = :reference")
        return bool(connection.scalar(query, {"reference": reference}))


class RecordingS3(Vendor):
    """Accepts everything and records the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def answer(self, call: Call) -> Answer:
        self.calls.append(f"{call.method} {re.sub('[0-9a-f-]{36}', 'ID', call.target)}")
        return Answer(200, headers={"ETag": '"tag"'})


def test_s3_upload_is_a_single_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA-of-the-tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-tests")
    with RecordingS3() as server:
        S3Store("evidence", server.url).put(uuid4(), LARGE, "image/jpeg")

    assert server.calls == ["PUT /evidence/ID.jpg"]
