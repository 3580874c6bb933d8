"""Meetings at a video vendor: roles, retries and errors."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError

from api.meetings.video_meetings import VideoMeetings
from dev.vendors.server import Answer, NoAnswer
from shared.db.audit import Actor
from shared.db.tables import Meeting
from shared.settings import Settings, VideoProvider
from shared.video.error import VendorUnavailable, VideoError
from shared.video.open_vendor import open_vendor
from shared.video.vendor import MAX_ATTEMPTS, Vendor
from tests.support.exam import Exam, assert_problem, bearer
from tests.support.vendors import dyte as vendor
from tests.support.vendors.dyte import FakeDyte

Start = Callable[[Settings], httpx.Client]
UseAs = Callable[[FakeDyte, Settings], Settings]


@pytest.fixture
def dyte() -> Iterator[FakeDyte]:
    with FakeDyte() as server:
        yield server


@pytest.fixture
def client(dyte: FakeDyte, settings: Settings, other_gateway: Start) -> httpx.Client:
    """A client of a gateway that uses Dyte."""
    return other_gateway(dyte.as_dyte(settings))


@pytest.fixture
def pauses() -> list[float]:
    """The waits between attempts, in seconds."""
    return []


@pytest.fixture
def direct(dyte: FakeDyte, pauses: list[float]) -> Iterator[Vendor]:
    vendor_client = Vendor(
        VideoProvider.DYTE,
        dyte.url + vendor.REALTIMEKIT_PATH,
        f"Bearer {vendor.API_TOKEN}",
        sleep=pauses.append,
    )
    yield vendor_client
    vendor_client.close()


def join(exam: Exam, key: str | None = None, name: str = "Ada") -> httpx.Response:
    return exam.client.post(
        f"/meetings/{exam.id}/participants",
        # The tutorial's client asks for this preset, which must not make it the host.
        json={"name": name, "preset_name": "group_call_host"},
        headers=bearer(key) if key else {},
    )


@pytest.mark.parametrize("use_as", [FakeDyte.as_dyte, FakeDyte.as_realtimekit])
def test_vendor_gets_the_meeting_and_presets_by_role(
    dyte: FakeDyte, settings: Settings, other_gateway: Start, use_as: UseAs
) -> None:
    chosen = use_as(dyte, settings)
    exam = Exam.create(other_gateway(chosen))

    candidate, admin = join(exam).json(), join(exam, exam.admin_key, "Ivy").json()

    (meeting,) = dyte.meetings.values()
    assert (meeting.title, meeting.status) == ("Algebra I", "ACTIVE")
    participants = {
        participant.body["custom_participant_id"]: participant
        for participant in meeting.participants.values()
    }
    assert [participants[one["participant_id"]].body for one in (candidate, admin)] == [
        {
            "name": "Ada",
            "preset_name": "group_call_participant",
            "custom_participant_id": candidate["participant_id"],
        },
        {"name": "Ivy", "preset_name": "group_call_host", "custom_participant_id": admin["participant_id"]},
    ]
    for one in (candidate, admin):
        token = participants[one["participant_id"]].tokens[-1]
        assert one["video"] == {"provider": chosen.video_provider, "auth_token": token}
    about = exam.client.get(f"/meetings/{exam.id}").json()
    assert about["video"] == {"provider": chosen.video_provider}


def test_rejoin_keeps_the_participant_and_issues_tokens(client: httpx.Client, dyte: FakeDyte) -> None:
    exam = Exam.create(client)
    before = join(exam).json()

    response = client.post(f"/meetings/{exam.id}/rejoin", headers=bearer(before["token"]))

    after = response.json()
    assert response.status_code == 200, response.text
    assert (after["participant_id"], after["role"]) == (before["participant_id"], "candidate")
    (meeting,) = dyte.meetings.values()
    (participant,) = meeting.participants.values()
    assert participant.tokens == [before["video"]["auth_token"], after["video"]["auth_token"]]


def test_rejoin_needs_a_token_of_the_meeting(client: httpx.Client) -> None:
    exam, elsewhere = Exam.create(client), Exam.create(client)
    path = f"/meetings/{exam.id}/rejoin"

    assert_problem(client.post(path), 401)
    assert_problem(client.post(path, headers=bearer("a.b.c")), 401)
    for credentials in (exam.admin_key, join(elsewhere).json()["token"]):
        assert_problem(client.post(path, headers=bearer(credentials)), 404)


def test_older_meeting_continues_without_the_vendor(exam: Exam, client: httpx.Client, dyte: FakeDyte) -> None:
    old = Exam(client, exam.id, exam.admin_key)

    participant = join(old).json()
    again = client.post(f"/meetings/{exam.id}/rejoin", headers=bearer(participant["token"]))

    assert participant["video"] == again.json()["video"] == {"provider": "none", "auth_token": None}
    assert dyte.meetings == {}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([vendor.SERVER_ERROR] * MAX_ATTEMPTS, "dyte answered 500: Internal server error"),
        ([vendor.BAD_GATEWAY] * MAX_ATTEMPTS, "dyte answered 502: no error message"),
        ([vendor.LIMITED_IN_JSON] * MAX_ATTEMPTS, "dyte answered 429: Too many requests"),
        ([vendor.UNAUTHORISED], "dyte answered 401: Unauthorized"),
        ([vendor.GATEWAY_REFUSAL], "dyte answered 403: Authentication error"),
        ([vendor.UNSUCCESSFUL_200], "dyte answered 200: expletive"),
        ([vendor.DEEP], "dyte answered 200: no error message"),
        ([vendor.success(201, {"title": "Algebra I"})], "returned no id"),
        ([vendor.success(201, None)], "returned no id"),
    ],
)
def test_vendor_failure_leaves_no_meeting(
    client: httpx.Client, dyte: FakeDyte, database: Engine, answers: list[Answer], words: str
) -> None:
    def count() -> int:
        with database.connect() as connection:
            return connection.execute(select(func.count()).select_from(Meeting)).scalar_one()

    before = count()
    dyte.fail_next(*answers)

    detail = assert_problem(client.post("/meetings", json={"title": "Algebra I"}), 502)

    assert words in detail
    assert vendor.API_KEY not in detail
    assert count() == before
    assert client.post("/meetings", json={"title": "Algebra I"}).status_code == 201


def test_failed_join_leaves_no_participant(client: httpx.Client, dyte: FakeDyte) -> None:
    exam = Exam.create(client)
    dyte.presets.remove("group_call_participant")

    detail = assert_problem(join(exam), 502)

    assert detail == "dyte answered 404: No preset found with name group_call_participant"
    assert exam.get_people() == []


def test_vendor_retry_after_is_passed_on(client: httpx.Client, dyte: FakeDyte) -> None:
    before = len(dyte.requests)
    dyte.fail_next(vendor.LIMITED_FOR_LONG)

    response = client.post("/meetings", json={"title": "Algebra I"})

    assert_problem(response, 502)
    assert response.headers["Retry-After"] == "300"
    assert len(dyte.requests) == before + 1


def test_vendor_meeting_is_closed_when_the_insert_fails(
    dyte: FakeDyte, settings: Settings, database: Engine
) -> None:
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE meetings ADD CONSTRAINT no_more CHECK (title <> 'doomed')"))
    try:
        with open_vendor(dyte.as_dyte(settings)) as chosen, pytest.raises(IntegrityError, match="no_more"):
            VideoMeetings(settings, database, chosen).create_meeting("doomed", Actor.ANYONE)
    finally:
        with database.begin() as connection:
            connection.execute(text("ALTER TABLE meetings DROP CONSTRAINT no_more"))

    assert [meeting.status for meeting in dyte.meetings.values()] == ["INACTIVE"]


def test_failed_request_is_retried(direct: Vendor, dyte: FakeDyte, pauses: list[float]) -> None:
    dyte.fail_next(vendor.LIMITED, vendor.SERVER_ERROR)

    assert direct.create_meeting("Algebra I") in dyte.meetings

    assert pauses[0] == 4
    assert 0 < pauses[1] < 4


def test_retries_are_limited(direct: Vendor, dyte: FakeDyte) -> None:
    dyte.fail_next(*[vendor.SERVER_ERROR] * MAX_ATTEMPTS)

    with pytest.raises(VendorUnavailable):
        direct.create_meeting("Algebra I")

    assert len(dyte.requests) == MAX_ATTEMPTS


def test_request_that_may_have_succeeded_is_not_repeated(dyte: FakeDyte) -> None:
    impatient = Vendor(VideoProvider.DYTE, dyte.url, "", timeout=0.2)
    dyte.fail_next(NoAnswer.NEVER)

    with pytest.raises(VendorUnavailable, match="no response from dyte: ReadTimeout"):
        impatient.create_meeting("Algebra I")

    assert len(dyte.requests) == 1
    impatient.close()


def test_unreachable_vendor_is_retried(pauses: list[float]) -> None:
    # Nothing listens on port 1, which needs root.
    unreachable = Vendor(VideoProvider.DYTE, "http://127.0.0.1:1", "", sleep=pauses.append)

    with pytest.raises(VendorUnavailable, match="no response from dyte: ConnectError"):
        unreachable.create_meeting("Algebra I")

    assert len(pauses) == MAX_ATTEMPTS - 1
    unreachable.close()


def test_unknown_preset_stops_the_start(dyte: FakeDyte, settings: Settings, database: Engine) -> None:
    dyte.presets = ["webinar-host", "group_call_participant"]

    with open_vendor(dyte.as_dyte(settings)) as chosen, pytest.raises(VideoError) as refused:
        VideoMeetings(settings, database, chosen).check_presets()

    assert str(refused.value) == (
        "VIDEO_PRESET_ADMIN=group_call_host is no preset of dyte;"
        " it has: group_call_participant, webinar-host"
    )


def test_wrong_vendor_credentials_stop_the_start(
    dyte: FakeDyte, settings: Settings, database: Engine
) -> None:
    wrong = dyte.as_dyte(settings, dyte_api_key="wrong")

    with open_vendor(wrong) as chosen, pytest.raises(VideoError, match="401: Unauthorized"):
        VideoMeetings(wrong, database, chosen).check_presets()
