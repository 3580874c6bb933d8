"""While the video vendor is away, exams go on without video."""

import logging
from collections.abc import Callable, Iterator
from threading import Event

import httpx
import pytest
from anyio import to_thread
from anyio.from_thread import start_blocking_portal
from sqlalchemy import Engine

from api.meetings.video_meetings import THREADS, VideoMeetings
from dev.vendors.server import Answer, NoAnswer
from shared.settings import Settings
from shared.video.error import VendorUnavailable
from shared.video.open_vendor import open_vendor
from shared.video.vendor import MAX_ATTEMPTS
from tests.support.exam import Exam, bearer
from tests.support.vendors import dyte as vendor
from tests.support.vendors.dyte import FakeDyte

Start = Callable[[Settings], httpx.Client]


@pytest.fixture
def dyte() -> Iterator[FakeDyte]:
    with FakeDyte() as server:
        yield server


@pytest.mark.parametrize(
    "answers",
    [[vendor.SERVER_ERROR] * MAX_ATTEMPTS, [vendor.LIMITED_FOR_LONG], [NoAnswer.CONNECTION_DROPPED]],
    ids=["500", "429", "no answer"],
)
def test_candidate_joins_without_video_in_an_outage(
    dyte: FakeDyte,
    settings: Settings,
    other_gateway: Start,
    answers: list[Answer | NoAnswer],
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = other_gateway(dyte.as_dyte(settings))
    exam = Exam.create(client)
    dyte.fail_next(*answers)

    joined = client.post(f"/meetings/{exam.id}/participants", json={"name": "Ada"})

    assert joined.status_code == 201, joined.text
    assert joined.json()["video"] == {"provider": "dyte", "auth_token": None}
    assert "somebody joins without video" in caplog.text
    again = client.post(f"/meetings/{exam.id}/rejoin", headers=bearer(joined.json()["token"])).json()
    (meeting,) = dyte.meetings.values()
    (participant,) = meeting.participants.values()
    assert participant.body["custom_participant_id"] == again["participant_id"]
    assert participant.tokens == [again["video"]["auth_token"]]


def test_silent_vendor_takes_few_threads(dyte: FakeDyte, settings: Settings, database: Engine) -> None:
    answered = Event()
    with (
        open_vendor(dyte.as_dyte(settings)) as chosen,
        start_blocking_portal() as loop,
    ):
        meetings = VideoMeetings(settings, database, chosen)
        waiting = [loop.start_task_soon(meetings.run, answered.wait) for _ in range(THREADS)]
        try:
            with pytest.raises(VendorUnavailable, match="10 requests to dyte are still unanswered"):
                loop.call(meetings.run, answered.is_set)
            assert loop.call(to_thread.run_sync, answered.is_set) is False  # others' threads are free
        finally:
            answered.set()
        # They took longer than a request may wait for a thread, and are not given up.
        assert all(task.result() for task in waiting)


def test_gateway_starts_while_the_vendor_is_away(
    dyte: FakeDyte, settings: Settings, other_gateway: Start, caplog: pytest.LogCaptureFixture
) -> None:
    dyte.fail_next(*[vendor.SERVER_ERROR] * MAX_ATTEMPTS)

    with caplog.at_level(logging.WARNING):
        client = other_gateway(dyte.as_dyte(settings))

    assert "could not check the presets: dyte answered 500" in caplog.text
    assert client.post("/meetings", json={"title": "Algebra I"}).status_code == 201
