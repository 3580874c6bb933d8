"""Exporting and erasing a person's data from the admin page."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import flag_rows, invigilate, leave_person, open_person, people_cards
from tests.support.exam import TWO_FACES, CandidateClient, Exam, bearer


@pytest.fixture
def ada(meeting: Exam) -> CandidateClient:
    """Ada, who has a flag, as Ben has."""
    ada, ben = meeting.join("Ada"), meeting.join("Ben")
    for candidate in (ada, ben):
        assert candidate.judge_frame(TWO_FACES)["status"] == "done"
    return ada


def assert_gone(page: Page) -> None:
    """Check that only a notice, which has the focus, still names Ada."""
    notice = page.get_by_role("status").filter(has_text="Ada was erased.")
    expect(notice).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Ada")).to_have_count(0)
    leave_person(page)
    expect(notice).to_be_focused()
    expect(flag_rows(page)).to_have_count(1)
    expect(people_cards(page)).to_have_count(1)
    expect(page.get_by_label("Candidate", exact=True)).to_have_value("")
    notice.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Ada")).to_have_count(0)


def test_export_saves_data_and_pictures_of_a_person(
    open_browser: OpenBrowser, meeting: Exam, ada: CandidateClient, tmp_path: Path
) -> None:
    person = open_person(invigilate(open_browser(), meeting), "Ada")

    with person.page.expect_download() as download:
        person.get_by_role("button", name="Export all data").click()

    assert download.value.suggested_filename == "Ada.zip"
    download.value.save_as(tmp_path / "Ada.zip")
    with zipfile.ZipFile(tmp_path / "Ada.zip") as archive:
        participant = json.loads(archive.read("data.json"))["participant"]
        pictures = [name for name in archive.namelist() if name.startswith("pictures/")]
    assert (participant["id"], participant["name"], len(pictures)) == (ada.id, "Ada", 1)


@pytest.mark.usefixtures("ada")
def test_erasing_a_person_asks_for_confirmation(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = invigilate(open_browser(), meeting)
    page.get_by_label("Candidate", exact=True).select_option(label="\u2068Ada\u2069 #1")
    person = open_person(page, "Ada")
    erase = person.get_by_role("button", name="Erase…")
    erase.press("Enter")
    question = page.get_by_role("dialog", name="Erase Ada?")
    expect(question).to_have_accessible_description(re.compile("It can't be undone"))
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(erase).to_be_focused()

    erase.press("Enter")
    question.get_by_role("button", name="Erase permanently").press("Enter")

    assert_gone(page)
    assert [flag["participant_name"] for flag in meeting.get_flags().json()["flags"]] == ["Ben"]


def test_erasure_in_another_window_is_announced(
    open_browser: OpenBrowser, meeting: Exam, ada: CandidateClient
) -> None:
    page = invigilate(open_browser(), meeting)
    open_person(page, "Ada")

    path = f"/meetings/{meeting.id}/participants/{ada.id}"
    meeting.client.delete(path, headers=bearer(meeting.admin_key)).raise_for_status()

    assert_gone(page)


@pytest.mark.usefixtures("ada")
def test_failed_export_or_erasure_can_be_retried(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = invigilate(open_browser(), meeting)
    person = open_person(page, "Ada")
    page.route("**/participants/**", lambda route: route.abort("connectionrefused"))

    export = person.get_by_role("button", name="Export all data")
    export.press("Enter")
    problem = person.get_by_role("alert").filter(has_text="No file was saved. The server can't be reached.")
    expect(problem).to_be_visible()
    expect(export).to_be_focused()
    person.get_by_role("button", name="Erase…").click()
    question = page.get_by_role("dialog", name="Erase Ada?")
    erase = question.get_by_role("button", name="Erase permanently")
    erase.press("Enter")
    expect(question.get_by_role("alert")).to_contain_text(
        "This person may not be erased yet. The server can't be"
    )
    expect(erase).to_be_focused()

    page.unroute("**/participants/**")
    erase.press("Enter")
    assert_gone(page)
