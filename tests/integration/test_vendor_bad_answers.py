"""Answers of the video vendor are validated, and nothing is left at the vendor after a bad one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from api.meetings.video_meetings import VideoMeetings
from dev.vendors.server import Answer, Call, NoAnswer
from shared.db.audit import Actor
from shared.db.tables import Role
from shared.settings import Settings, VideoProvider
from shared.video.error import VideoError
from shared.video.open_vendor import open_vendor
from shared.video.vendor import MAX_PRESET_PAGES, MAX_TOKEN_LENGTH, PRESETS_PER_PAGE, Vendor
from tests.support.vendors import dyte as vendor
from tests.support.vendors.dyte import FakeDyte

BAD_WORDS = ["", "a\0b", "a b", "\ud800", "ä", "a" * (MAX_TOKEN_LENGTH + 1), 7, None, ["a"]]


class FaultyDyte(FakeDyte):
    """Adds participants and returns a false token."""

    token: object = None

    def answer(self, call: Call) -> Answer | NoAnswer:
        answer = super().answer(call)
        if call.method == "POST" and call.target.endswith("/participants"):
            [meeting] = self.meetings.values()
            return vendor.success(201, {"id": [*meeting.participants][-1], "token": self.token})
        return answer


@pytest.fixture
def dyte() -> Iterator[FaultyDyte]:
    with FaultyDyte() as server:
        yield server


@pytest.fixture
def direct(dyte: FaultyDyte) -> Iterator[Vendor]:
    address = dyte.url + vendor.REALTIMEKIT_PATH
    client = Vendor(VideoProvider.DYTE, address, f"Bearer {vendor.API_TOKEN}", timeout=60)
    yield client
    client.close()


@pytest.mark.parametrize("word", BAD_WORDS, ids=lambda word: repr(word)[:20])
def test_unusable_meeting_id_is_an_error(dyte: FaultyDyte, direct: Vendor, word: object) -> None:
    dyte.fail_next(vendor.success(201, {"id": word}))

    with pytest.raises(VideoError, match="returned no id"):
        direct.create_meeting("Algebra I")


@pytest.mark.parametrize("word", BAD_WORDS, ids=lambda word: repr(word)[:20])
def test_participant_without_usable_token_is_removed(dyte: FaultyDyte, direct: Vendor, word: object) -> None:
    meeting = direct.create_meeting("Algebra I")
    dyte.token = word

    with pytest.raises(VideoError, match="returned no token"):
        direct.add_participant(meeting, "Ada", "id", "group_call_participant")

    assert dyte.meetings[meeting].participants == {}


def test_participant_is_removed_when_the_insert_fails(
    dyte: FaultyDyte, settings: Settings, database: Engine
) -> None:
    dyte.token = "a.b.c"
    with open_vendor(dyte.as_dyte(settings)) as chosen:
        meetings = VideoMeetings(settings, database, chosen)
        meeting, _ = meetings.create_meeting("Algebra I", Actor.ANYONE)
        with database.begin() as connection:
            connection.execute(
                text("ALTER TABLE participants ADD CONSTRAINT no_more CHECK (name <> 'doomed') NOT VALID")
            )
        try:
            with pytest.raises(IntegrityError, match="no_more"):
                meetings.join(meeting, "doomed", Role.CANDIDATE)
        finally:
            with database.begin() as connection:
                connection.execute(text("ALTER TABLE participants DROP CONSTRAINT no_more"))

    [created] = dyte.meetings.values()
    assert created.participants == {}


def test_endless_preset_list_is_cut_off(dyte: FaultyDyte, direct: Vendor) -> None:
    page = vendor.success(200, [{"name": "group_call_host"}] * PRESETS_PER_PAGE)
    dyte.fault = page

    assert len(list(direct.list_presets())) == MAX_PRESET_PAGES * PRESETS_PER_PAGE


def test_vendor_error_text_is_cleaned_and_shortened(dyte: FaultyDyte, direct: Vendor) -> None:
    dyte.fail_next(vendor.refusal(400, "so\0 \u202e many\nwords " + "and more " * 10_000))

    with pytest.raises(VideoError, match=r"so many words and more") as refused:
        direct.create_meeting("Algebra I")

    assert str(refused.value).isprintable()
    assert len(str(refused.value)) <= 300
