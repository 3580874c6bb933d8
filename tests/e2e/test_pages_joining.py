"""Closing a meeting to new people, and erasing many people at once."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import invigilate, people_cards
from tests.support.candidate_page import open_meeting
from tests.support.exam import ONE_FACE, Exam


def test_closed_meeting_is_explained_to_newcomers(open_browser: OpenBrowser, meeting: Exam) -> None:
    admin = invigilate(open_browser(), meeting)
    newcomer = open_meeting(open_browser(), meeting)
    admin.get_by_role("button", name="Exam", exact=True).click()
    dialog = admin.get_by_role("dialog", name="Exam")
    expect(dialog.get_by_role("status").first).to_contain_text("Open")

    dialog.get_by_role("button", name="Close to new people").click()
    expect(dialog.get_by_role("status").first).to_contain_text("Closed")

    dialog.get_by_label("Link to the questions").fill("https://lms.example.org/7")
    dialog.get_by_label("Ends at").fill("2030-01-01T12:00")
    dialog.get_by_role("button", name="Save link and end").click()
    expect(dialog.get_by_text("Saved.")).to_be_visible()
    changed = meeting.client.get(f"/meetings/{meeting.id}").json()
    assert changed["exam_url"] == "https://lms.example.org/7"
    assert changed["ends_at"].startswith(("2029-12-31", "2030-01-01"))
    dialog.get_by_label("Link to the questions").fill("javascript:alert(1)")
    dialog.get_by_role("button", name="Save link and end").click()
    expect(dialog.get_by_label("Link to the questions")).to_have_accessible_description(
        re.compile("https://")
    )

    newcomer.get_by_role("checkbox").check()
    newcomer.get_by_label("Your name").fill("Ada")
    newcomer.get_by_role("button", name="Continue to the camera check").click()
    expect(newcomer.get_by_role("alert")).to_contain_text("closed to new people")
    newcomer.reload()
    expect(newcomer.get_by_role("alert")).to_contain_text("closed to new people")

    dialog.get_by_role("button", name="Open to new people").click()
    expect(dialog.get_by_role("status").first).to_contain_text("Open")
    newcomer.reload()
    expect(newcomer.get_by_label("Your name")).to_be_visible()
    expect(newcomer.get_by_role("alert")).to_have_count(0)


def test_many_strangers_can_be_erased_together(open_browser: OpenBrowser, meeting: Exam) -> None:
    ada = meeting.join("Ada")
    assert ada.judge_frame(ONE_FACE)["status"] == "done"
    for number in range(120):
        meeting.join(f"Stranger {number}")
    page = invigilate(open_browser(), meeting)
    page.get_by_role("button", name="Exam", exact=True).click()
    dialog = page.get_by_role("dialog", name="Exam")
    expect(dialog.get_by_text("121 of at most 1000 people have joined.")).to_be_visible()

    dialog.get_by_label("Show only people who have never sent a picture").check()
    dialog.get_by_role("button", name="Select all").click()
    dialog.get_by_role("button", name="Erase 120 people…").click()
    dialog.get_by_role("button", name="Don't erase").click()
    dialog.get_by_role("button", name="Erase 120 people…").click()
    dialog.get_by_role("button", name="Erase permanently").click()

    expect(people_cards(page)).to_have_count(1)
    dialog.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("120 people were erased.")).to_be_visible()
    expect(people_cards(page)).to_contain_text("Ada")
