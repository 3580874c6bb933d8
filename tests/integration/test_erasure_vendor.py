"""Erasing a person also deletes them at the video vendor, retrying until it succeeds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine

from shared.db.deletions import PendingDeletion, VendorParticipant, claim_deletions, complete_deletion
from shared.queue import ERASE, create_celery
from shared.settings import Settings, VideoProvider
from shared.video.error import VideoError
from tests.support.evidence_worker import evidence_worker_process
from tests.support.exam import Exam, assert_problem, bearer
from tests.support.vendors import dyte as vendor
from tests.support.vendors.dyte import FakeDyte, Participant
from tests.support.waiting import wait_until
from worker.evidence.deletions import delete

Start = Callable[[Settings], httpx.Client]


@pytest.fixture
def dyte() -> Iterator[FakeDyte]:
    with FakeDyte() as server:
        yield server


def vendor_participants(dyte: FakeDyte) -> dict[str, Participant]:
    (meeting,) = dyte.meetings.values()
    return meeting.participants


def pending_at_vendor(database: Engine) -> PendingDeletion:
    [deletion] = [
        deletion
        for deletion in claim_deletions(database, 1_000)
        if isinstance(deletion.target, VendorParticipant)
    ]
    return deletion


@pytest.mark.parametrize("use_as", [FakeDyte.as_dyte, FakeDyte.as_realtimekit])
def test_erasure_deletes_the_vendor_participant(
    dyte: FakeDyte,
    settings: Settings,
    database: Engine,
    other_gateway: Start,
    use_as: Callable[[FakeDyte, Settings], Settings],
) -> None:
    chosen = use_as(dyte, settings)
    exam = Exam.create(other_gateway(chosen))
    candidate = exam.join("Ada")
    exam.join("Bob")

    assert exam.erase(candidate.id).json()["at_video_vendor"] is True
    deletion = pending_at_vendor(database)
    delete(deletion.target, chosen)
    delete(deletion.target, chosen)  # as after a lost answer
    complete_deletion(database, deletion)

    assert [one.body["name"] for one in vendor_participants(dyte).values()] == ["Bob"]
    assert exam.erase(candidate.id).json()["at_video_vendor"] is False


def test_erasure_during_a_join_deletes_vendor_participant(
    dyte: FakeDyte, settings: Settings, database: Engine, other_gateway: Start
) -> None:
    chosen = dyte.as_dyte(settings)
    exam = Exam.create(other_gateway(chosen))
    without_vendor = Exam(other_gateway(settings), exam.id, exam.admin_key)
    candidate = without_vendor.join("Ada")
    dyte.during_join = lambda: without_vendor.erase(candidate.id)

    back = exam.client.post(f"/meetings/{exam.id}/rejoin", headers=bearer(candidate.token))

    assert_problem(back, 404)
    assert vendor_participants(dyte)
    deletion = pending_at_vendor(database)
    delete(deletion.target, chosen)
    complete_deletion(database, deletion)
    assert not vendor_participants(dyte)


def test_unconfirmed_vendor_deletion_is_an_error(
    dyte: FakeDyte, settings: Settings, database: Engine, other_gateway: Start
) -> None:
    chosen = dyte.as_dyte(settings)
    exam = Exam.create(other_gateway(chosen))
    exam.erase(exam.join().id)
    deletion = pending_at_vendor(database)

    with pytest.raises(VideoError, match="dyte needs DYTE_ORG_ID, DYTE_API_KEY"):
        delete(deletion.target, settings)
    dyte.meetings.clear()  # as seen with the key of another account
    with pytest.raises(VideoError, match="No such meeting"):
        delete(deletion.target, chosen)

    complete_deletion(database, deletion)


def test_erasure_reports_a_vendor_outage_and_retries(
    dyte: FakeDyte, settings: Settings, redis: Redis, other_gateway: Start, tmp_path: Path
) -> None:
    chosen = dyte.as_dyte(settings)
    exam = Exam.create(other_gateway(chosen))
    candidate = exam.join()
    # Meanwhile the installation has switched to no vendor.
    worker = evidence_worker_process(
        settings,
        tmp_path,
        VIDEO_PROVIDER=VideoProvider.NONE,
        DYTE_ORG_ID=vendor.ORG_ID,
        DYTE_API_KEY=vendor.API_KEY,
        DYTE_API_URL=chosen.dyte_api_url,
    )
    worker.start()
    celery = create_celery(settings)

    def erasure_satisfies(condition: Callable[[httpx.Response], bool]) -> bool:
        if not redis.exists("evidence", "unacked"):
            celery.send_task(ERASE)  # as the scheduler does
        return condition(exam.erase(candidate.id))

    try:
        dyte.fault = vendor.SERVER_ERROR
        refusal = "dyte answered 500: Internal server error"
        wait_until(
            lambda: erasure_satisfies(lambda state: state.json()["last_error"] == refusal), "it was refused"
        )
        assert exam.erase(candidate.id).status_code == 202
        assert vendor_participants(dyte)

        dyte.fault = None
        wait_until(
            lambda: erasure_satisfies(lambda state: state.status_code == 200), "the erasure is complete"
        )
        assert not vendor_participants(dyte)
    finally:
        celery.close()
        worker.stop()
