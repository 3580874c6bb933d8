"""Erasing a person deletes every trace of them once stores and workers have done their part."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from prometheus_client import REGISTRY
from redis import Redis
from sqlalchemy import Engine, text

from api.auth.tokens import VALID_FOR
from dev.stack.stack import Stack
from dev.vendors.imgur import FakeImgur
from shared.db.deletions import StoredPicture, claim_deletions, complete_deletion, reschedule_deletion
from shared.db.evidence import mark_stored
from shared.db.tables import Table
from shared.jobs.model import JOB_COUNTS, OPEN_JOBS, job_key
from shared.presence.erasure import MARK_SECONDS
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import EvidenceStore
from tests.support.erasures import complete_erasure
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, assert_problem, bearer
from tests.support.jobs import judge_frame
from tests.support.samples import claim_upload
from tests.support.waiting import wait_until
from tests.support.ws_client import authenticated_connection, live_connection
from worker.evidence.deletions import delete
from worker.evidence.erasure import erase_from_redis
from worker.frames.judging import Judging
from worker.runtime.jobs import Jobs

NAME = "Zebulon Xylander"


@pytest.fixture(autouse=True)
def _no_other_deletions(database: Engine) -> None:
    """Complete the deletions that other tests have left."""
    for deletion in claim_deletions(database, 1_000):
        complete_deletion(database, deletion)


def find_traces(database: Engine, redis: Redis, words: set[str]) -> list[str]:
    """Return every row and key in Postgres and Redis that contains one of the words."""
    found = []
    with database.connect() as connection:
        for table in Table.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT t::text FROM "{table.name}" t')).scalars():  # noqa: S608
                found += [f"{table.name}: {row}" for word in words if word in row]
    for key in redis.scan_iter():
        value = redis.dump(key) or b""
        found += [f"{key!r}" for word in words if word.encode() in key + value]
    return found


def test_erasure_leaves_no_trace_of_a_person(
    exam: Exam,
    flagged: Callable[[CandidateClient], UUID],
    judging: Judging,
    database: Engine,
    jobs: Jobs,
    redis: Redis,
    settings: Settings,
) -> None:
    candidate, other = exam.join(NAME), exam.join("Bob")
    evidence_id, others_evidence = flagged(candidate), flagged(other)
    judge_frame(judging, UUID(candidate.submit_frame(ONE_FACE)))
    queued = candidate.submit_frame(ONE_FACE)
    exam.send_message("Please look at your screen, Xylander.", candidate).raise_for_status()
    exam.send_message("Ten minutes left.").raise_for_status()
    link = next(
        flag["img_url"] for flag in exam.get_flags().json()["flags"] if flag["participant_id"] == candidate.id
    )

    begun = exam.erase(candidate.id)

    assert begun.status_code == 202
    assert begun.json()["pictures_left"] == 1
    # Takes effect at once, whatever stores and Redis do:
    assert [flag["participant_name"] for flag in exam.get_flags().json()["flags"]] == ["Bob"]
    assert_problem(exam.client.get(httpx.URL(link).path, params=httpx.URL(link).params), 404)

    [deletion] = claim_deletions(database, 10)
    delete(deletion.target, settings)
    complete_deletion(database, deletion)
    assert erase_from_redis(redis, jobs, UUID(candidate.id))
    complete_erasure(database, UUID(candidate.id))

    ended = exam.erase(candidate.id)
    assert (ended.status_code, ended.json()["pictures_left"]) == (200, 0)
    assert ended.json()["completed_at"]
    assert not [file for file in settings.evidence_path.iterdir() if str(evidence_id) in file.name]
    assert_problem(candidate.get_job(queued), 404)
    traces = find_traces(database, redis, {NAME, "Xylander", candidate.id, str(evidence_id)})
    # Left are the erasure itself, the mark that refuses new frames, and the audit log.
    assert {trace.partition(":")[0] for trace in traces} == {"erasures", "audit", "b'pace"}
    # Others are not affected:
    assert [flag["participant_id"] for flag in exam.get_flags().json()["flags"]] == [other.id]
    assert [file for file in settings.evidence_path.iterdir() if str(others_evidence) in file.name]


def test_erased_candidate_cannot_send_or_rejoin(
    exam: Exam, candidate: CandidateClient, jobs: Jobs, redis: Redis
) -> None:
    exam.erase(candidate.id)
    erase_from_redis(redis, jobs, UUID(candidate.id))

    assert_problem(candidate.post_frame(ONE_FACE), 404)
    assert_problem(exam.client.post(f"/meetings/{exam.id}/rejoin", headers=bearer(candidate.token)), 404)
    assert timedelta(seconds=MARK_SECONDS) > VALID_FOR


def test_erased_candidate_is_disconnected_for_good(exam: Exam, candidate: CandidateClient) -> None:
    with authenticated_connection(exam.client, exam.id, candidate.token) as page:
        exam.erase(candidate.id)

        assert page.wait_closed()[0] == 4404
    with live_connection(exam.client, exam.id) as page:
        page.send({"type": "hello", "credentials": candidate.token})
        assert page.wait_closed()[0] == 4404


def test_open_frame_of_an_erased_person_ends_and_is_counted(
    exam: Exam, candidate: CandidateClient, jobs: Jobs, redis: Redis
) -> None:
    def count_failed() -> float | None:
        return REGISTRY.get_sample_value("proctor_frames_failed_total", {"reason": "gone"})

    before = count_failed() or 0
    job_id = candidate.submit_frame(ONE_FACE)
    exam.erase(candidate.id)

    erase_from_redis(redis, jobs, UUID(candidate.id))

    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"1", b"failed": b"1"}
    assert redis.zcard(OPEN_JOBS) == 0
    assert count_failed() == before + 1
    assert redis.keys(f"*:{job_id}") == []
    assert_problem(candidate.get_job(job_id), 404)


def test_erasure_waits_for_a_running_frame(
    exam: Exam, candidate: CandidateClient, judging: Judging, jobs: Jobs, redis: Redis
) -> None:
    job_id = UUID(candidate.submit_frame(TWO_FACES))
    begun = judging.jobs.claim(job_id)
    assert begun
    exam.erase(candidate.id)

    assert not erase_from_redis(redis, jobs, UUID(candidate.id))
    assert not erase_from_redis(redis, jobs, UUID(candidate.id))
    judge_frame(judging, job_id)  # ends the job without recording anything

    assert redis.hget(job_key(job_id), "status") == b"failed"
    assert erase_from_redis(redis, jobs, UUID(candidate.id))
    assert_problem(candidate.get_job(str(job_id)), 404)


def test_erasure_reports_a_store_outage_and_stays_open(
    exam: Exam,
    candidate: CandidateClient,
    flagged: Callable[[CandidateClient], UUID],
    database: Engine,
    jobs: Jobs,
    redis: Redis,
) -> None:
    flagged(candidate)
    exam.erase(candidate.id)
    [deletion] = list(claim_deletions(database, 10))

    reschedule_deletion(database, deletion, "the disk is away", 3_600)
    erase_from_redis(redis, jobs, UUID(candidate.id))
    erase_from_redis(redis, jobs, UUID(candidate.id))
    complete_erasure(database, UUID(candidate.id))

    state = exam.erase(candidate.id)
    assert state.status_code == 202
    assert state.json()["last_error"] == "the disk is away"
    assert state.json()["pictures_left"] == 1
    complete_deletion(database, deletion)
    assert exam.erase(candidate.id).json()["completed_at"] is None


def test_picture_in_upload_is_deleted_after_its_claim(
    exam: Exam,
    candidate: CandidateClient,
    judging: Judging,
    uploads: list[UUID],
    database: Engine,
    store: EvidenceStore,
    settings: Settings,
) -> None:
    judge_frame(judging, UUID(candidate.submit_frame(TWO_FACES)))
    upload = claim_upload(database, uploads[-1])
    assert upload
    stored = store.put(upload.id, upload.picture, upload.content_type)  # then the worker dies
    picture = StoredPicture(StoreName.LOCAL, stored)

    state = exam.erase(candidate.id).json()

    assert state["pictures_left"] == 1
    assert not [deletion for deletion in claim_deletions(database, 100) if deletion.target == picture], (
        "the upload's claim has not expired"
    )
    with database.begin() as connection:
        connection.execute(
            text("UPDATE deletions SET next_try_at = now() WHERE reference = :name"),
            {"name": stored.reference},
        )
    [deletion] = [deletion for deletion in claim_deletions(database, 100) if deletion.target == picture]
    delete(deletion.target, settings)
    complete_deletion(database, deletion)


def test_only_participants_of_the_meeting_can_be_erased(exam: Exam, gateway: httpx.Client) -> None:
    elsewhere = Exam.create(gateway).join()

    assert_problem(exam.erase(elsewhere.id), 404)
    assert_problem(exam.erase(str(uuid4())), 404)
    assert_problem(exam.erase("Ada"), 422)


def test_scheduler_completes_an_erasure(stack: Stack, stack_client: httpx.Client) -> None:
    exam = Exam.create(stack_client)
    candidate = exam.join(NAME)
    candidate.judge_frame(TWO_FACES)
    [flag] = wait_until(exam.get_stored_flags, "the picture is in its store")
    name = httpx.URL(flag["img_url"]).path.rpartition("/")[2]
    file = Path(stack.environment["EVIDENCE_PATH"]) / f"{name}.jpg"
    assert file.exists()

    exam.erase(candidate.id)

    wait_until(lambda: exam.erase(candidate.id).status_code == 200, "the erasure is complete")
    assert not file.exists()
    assert_problem(candidate.post_frame(ONE_FACE), 404)
    with Redis.from_url(stack.redis_url) as redis:
        assert {key.partition(b":")[0] for key in redis.scan_iter(f"*{candidate.id}*")} == {b"pace"}


def test_erasure_deletes_imgur_pictures_by_hash(
    exam: Exam,
    candidate: CandidateClient,
    judging: Judging,
    uploads: list[UUID],
    database: Engine,
    settings: Settings,
) -> None:
    judge_frame(judging, UUID(candidate.submit_frame(TWO_FACES)))
    with FakeImgur() as server:
        at_imgur = Settings(**dict(settings) | {"imgur_client_id": "any", "imgur_api_url": server.url})
        upload = claim_upload(database, uploads[-1])
        assert upload
        stored = open_store(StoreName.IMGUR, at_imgur).put(upload.id, upload.picture, "image/jpeg")
        mark_stored(database, StoreName.IMGUR, {upload.id: stored})
        assert len(server.pictures) == 1

        exam.erase(candidate.id)
        picture = StoredPicture(StoreName.IMGUR, stored)
        [deletion] = [deletion for deletion in claim_deletions(database, 100) if deletion.target == picture]
        delete(deletion.target, at_imgur)
        complete_deletion(database, deletion)

        assert not server.pictures
    assert exam.erase(candidate.id).json()["pictures_left"] == 0
