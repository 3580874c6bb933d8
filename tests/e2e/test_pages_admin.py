"""The admin page in a browser, with candidates who send real pictures."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import flag_rows, invigilate, people_cards, show_list, watch_live
from tests.support.candidate_page import open_meeting, start_exam
from tests.support.exam import ONE_FACE, TWO_FACES, Exam
from tests.support.fake_camera import ONE, TWO
from tests.support.long_list import PAGE, fill_list, shorten_pages
from tests.support.waiting import wait_until


@pytest.fixture
def flagged(meeting: Exam) -> Exam:
    """A meeting with two flags of Ada, then one of Ben."""
    for name, flags in (("Ada", 2), ("Ben", 1)):
        candidate = meeting.join(name)
        for _ in range(flags):
            assert candidate.judge_frame(TWO_FACES)["status"] == "done"
    return meeting


def test_new_flag_appears_with_its_picture_and_can_be_decided(
    open_browser: OpenBrowser, meeting: Exam
) -> None:
    admin = invigilate(open_browser(), meeting)
    expect(admin.get_by_text("Nothing was flagged so far")).to_be_visible()

    candidate = open_meeting(open_browser([TWO]), meeting)
    start_exam(candidate, "Ada Lovelace")

    row = flag_rows(admin).first
    expect(row).to_contain_text("Ada Lovelace")
    expect(row).to_contain_text("More than one person: 2 faces")
    row.click()
    dialog = admin.get_by_role("dialog", name="Ada Lovelace")
    picture = dialog.get_by_role("img", name="Ada Lovelace, with 2 faces found")
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") == 640
    expect(dialog.locator("svg rect")).to_have_count(2)

    dialog.get_by_role("button", name="Confirm").click()

    expect(dialog.get_by_role("status")).to_have_text("Confirmed")
    wait_until(lambda: "confirmed" in reviews(meeting), "the decision is stored")


def reviews(meeting: Exam) -> list[str]:
    """Return the review state of each flag, newest first."""
    return [flag["review"] for flag in meeting.get_flags().json()["flags"]]


def test_flags_can_be_reviewed_by_keyboard_alone(open_browser: OpenBrowser, flagged: Exam) -> None:
    page = invigilate(open_browser(), flagged)
    rows = flag_rows(page)
    expect(rows).to_have_count(3)

    rows.first.focus()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("d")
    expect(dialog.get_by_role("status")).to_have_text("Dismissed")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    expect(dialog.get_by_role("status")).to_have_text("Confirmed")
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(rows.nth(2)).to_be_focused()
    assert reviews(flagged) == ["open", "dismissed", "confirmed"]


def test_flags_can_be_filtered_by_candidate(open_browser: OpenBrowser, flagged: Exam) -> None:
    page = invigilate(open_browser(), flagged)
    expect(flag_rows(page)).to_have_count(3)

    page.get_by_label("Candidate", exact=True).select_option(label="\u2068Ada\u2069 #1")
    expect(flag_rows(page)).to_have_count(2)
    page.get_by_label("Candidate", exact=True).select_option(label="All candidates")
    expect(flag_rows(page)).to_have_count(3)


def test_verified_and_offline_people_look_different(open_browser: OpenBrowser, meeting: Exam) -> None:
    meeting.join("Absent")
    present = open_meeting(open_browser([ONE]), meeting)
    start_exam(present, "Present")

    page = invigilate(open_browser(), meeting)

    people = people_cards(page)
    expect(people.filter(has_text="Present")).to_contain_text("In view")
    expect(people.filter(has_text="Present").locator("img")).to_be_visible()
    expect(people.filter(has_text="Absent")).to_contain_text("Offline")
    expect(page.get_by_text(re.compile(r"Live · last checked (\d+ s ago|just now)"))).to_be_visible()
    show_list(page)
    expect(people.filter(has_text="Absent")).to_contain_text("Never in view")
    expect(people.filter(has_text="Present")).to_contain_text(re.compile(r"In view (\d+ s ago|just now)"))


def test_empty_meeting_shows_no_recent_verdict(open_browser: OpenBrowser, meeting: Exam) -> None:
    """The server's newest verdict belongs to another meeting."""
    elsewhere = Exam.create(meeting.client)
    candidate = elsewhere.join()
    candidate.judge_frame(ONE_FACE)
    page = invigilate(open_browser(), meeting)

    expect(page.get_by_text("Nobody has joined yet. Share")).to_be_visible()
    expect(page.get_by_text("last checked")).to_have_count(0)

    meeting.join("Ada")
    expect(page.get_by_text("No picture checked yet")).to_be_visible()


def test_invite_menu_closes_by_escape_and_outside_click(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = invigilate(open_browser(), meeting)
    invite, link = page.get_by_text("Invite", exact=True), page.get_by_label("Candidates' link", exact=True)

    invite.click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(invite).to_be_focused()

    invite.click()
    link.click()
    expect(link).to_be_visible()
    page.get_by_role("heading", name="Flagged").click()
    expect(link).to_be_hidden()


def test_csv_export_has_every_flag(open_browser: OpenBrowser, flagged: Exam, tmp_path: Path) -> None:
    page = invigilate(open_browser(), flagged)

    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()

    saved = tmp_path / "flags.csv"
    download.value.save_as(saved)
    with saved.open(newline="", encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 3


def test_long_flag_list_loads_while_scrolling(open_browser: OpenBrowser, pages: Stack, meeting: Exam) -> None:
    fill_list(pages, meeting)
    page = invigilate(shorten_pages(open_browser()), meeting)
    expect(page.get_by_text(f"The newest {PAGE},")).to_be_visible()

    page.keyboard.press("End")

    expect(page.get_by_text(f"The newest {2 * PAGE},")).to_be_visible()


def test_wrong_admin_key_shows_no_data(open_browser: OpenBrowser, flagged: Exam) -> None:
    browser = open_browser()
    page = open_meeting(browser, flagged)
    page.get_by_role("button", name="I am the invigilator").click()
    page.get_by_label("Invigilator key").fill("not the key")
    page.get_by_role("button", name="Open as invigilator").click()
    expect(page.get_by_role("alert")).to_contain_text("This isn't the key of this exam")

    page.evaluate(
        """([id, key]) => localStorage.setItem('proctor.meetings',
            JSON.stringify([{id, title: 'x', createdAt: new Date().toISOString(), key}]))""",
        [flagged.id, "forged"],
    )
    page.goto(f"/meeting/{flagged.id}")

    expect(page.get_by_role("alert")).to_contain_text("The server does not accept the key")
    expect(page.get_by_text("Ada")).to_have_count(0)


def open_with_key(page: Page, link: str, key: str) -> None:
    """Open an exam on the home page of a colleague, who first pastes the wrong things."""
    page.goto("/")
    page.get_by_label("Link of the exam").fill("https://exam.example.org/")
    page.get_by_label("Invigilator key").fill("wrong")
    page.get_by_role("button", name="Open the exam").click()
    expect(page.get_by_label("Link of the exam")).to_have_accessible_description(re.compile("whole link"))
    page.get_by_label("Link of the exam").fill(link)
    page.get_by_role("button", name="Open the exam").click()
    expect(page.get_by_label("Invigilator key")).to_have_accessible_description(re.compile("doesn't open"))
    page.get_by_label("Invigilator key").fill(f" {key} ")
    page.get_by_role("button", name="Open the exam").click()
    expect(page.get_by_role("heading", name="Flagged")).to_be_visible()


def test_home_page_creates_and_reopens_a_meeting(open_browser: OpenBrowser) -> None:
    page = open_browser().new_page()
    page.goto("/")
    page.get_by_label("Title").fill("Botany")
    page.get_by_role("button", name="Create exam").click()
    link = page.get_by_label("Candidates' link", exact=True).input_value()
    page.get_by_text("Show as QR code").click()
    expect(page.get_by_role("img", name="QR code of the candidates' link to Botany")).to_be_visible()
    page.get_by_text("Use another device").click()
    page.get_by_role("button", name="Show").click()
    key = page.get_by_role("article").get_by_label("Invigilator key", exact=True).input_value()
    assert key
    assert key not in link
    open_with_key(open_browser().new_page(), link, key)

    page.reload()
    expect(page.get_by_role("heading", name="Botany")).to_be_visible()
    page.get_by_role("link", name="Open as invigilator").click()

    expect(page.get_by_role("heading", name="Flagged")).to_be_visible()
    assert key not in page.url
    page.get_by_role("button", name="Leave").click()
    page.get_by_role("button", name="Remove the key and leave").click()
    expect(page.get_by_role("heading", name="New exam")).to_be_visible()
    expect(page.get_by_role("heading", name="Botany")).to_have_count(0)


def test_picture_of_one_person_is_not_flagged(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = meeting.join("Ada")
    candidate.judge_frame(ONE_FACE)
    page = invigilate(open_browser(), meeting)
    expect(page.get_by_text("Nothing was flagged so far")).to_be_visible()


def test_missing_thumbnail_is_said_to_be_missing(open_browser: OpenBrowser, meeting: Exam) -> None:
    meeting.join("Ada")
    page = invigilate(open_browser(), meeting)

    view = watch_live(page, "Ada")

    expect(view.get_by_text("There is no picture from the last minute.")).to_be_visible()
    expect(view.get_by_text("small picture")).to_have_count(0)
