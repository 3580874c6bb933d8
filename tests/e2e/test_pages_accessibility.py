"""Accessibility of the pages: axe-core and use by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dev.pages import PACKAGES
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import flag_rows, open_person
from tests.support.candidate_page import join_meeting, open_meeting, start_exam
from tests.support.exam import TWO_FACES, Exam
from tests.support.fake_camera import TWO

AXE = PACKAGES / "axe-core" / "axe.min.js"
WIDTHS = (360, 1280)
SERIOUS = {"serious", "critical"}


def assert_accessible(page: Page) -> None:
    """Run axe-core at each width, in the light and the dark scheme."""
    page.evaluate(AXE.read_text())
    # axe must not measure colours in the middle of a transition.
    page.emulate_media(reduced_motion="reduce")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"wider than {width} pixels"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("axe.run()")["violations"]
            assert [v for v in found if v["impact"] in SERIOUS] == []


def home(page: Page, _: Exam) -> None:
    page.goto("/")
    page.get_by_label("Title").fill("Botany")
    page.get_by_role("button", name="Create meeting").click()
    expect(page.get_by_role("heading", name="Botany")).to_be_visible()


def consent(page: Page, meeting: Exam) -> None:
    page.goto(f"/meeting/{meeting.id}")
    expect(page.get_by_role("checkbox")).to_be_visible()


def check(page: Page, meeting: Exam) -> None:
    consent(page, meeting)
    join_meeting(page)
    page.get_by_role("button", name="Turn on my camera").click()
    expect(page.get_by_text("2 faces")).to_be_visible()


def exam(page: Page, meeting: Exam) -> None:
    consent(page, meeting)
    start_exam(page)
    expect(page.get_by_role("heading", name="We can see more than one person")).to_be_visible()


def leaving(page: Page, meeting: Exam) -> None:
    exam(page, meeting)
    page.get_by_role("button", name="Leave the exam").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def key_form(page: Page, meeting: Exam) -> None:
    page.goto(f"/meeting/{meeting.id}#invigilator")
    expect(page.get_by_label("Invigilator key")).to_be_visible()


def admin(page: Page, meeting: Exam) -> None:
    candidate = meeting.join()
    candidate.get_job(candidate.submit_frame(TWO_FACES), wait=20)
    key_form(page, meeting)
    page.get_by_label("Invigilator key").fill(meeting.admin_key)
    page.get_by_role("button", name="Open as invigilator").click()
    expect(flag_rows(page)).to_have_count(1)


def viewer(page: Page, meeting: Exam) -> None:
    admin(page, meeting)
    flag_rows(page).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def exam_message(page: Page, meeting: Exam) -> None:
    exam(page, meeting)
    meeting.send_message("Please look at your screen.")
    expect(page.get_by_text("Please look at your screen.").first).to_be_visible()


def messages(page: Page, meeting: Exam) -> None:
    admin(page, meeting)
    meeting.join("Ben")
    meeting.send_message("Ten minutes left.")
    page.get_by_role("button", name="Messages").click()
    page.get_by_text("Acknowledged by 0 of 2").click()
    expect(page.get_by_text("not delivered yet").first).to_be_visible()


def rules(page: Page, meeting: Exam) -> None:
    admin(page, meeting)
    page.get_by_role("button", name="Rules").click()
    page.get_by_label("People who may be seen").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Must be at least 1")).to_be_visible()


def person(page: Page, meeting: Exam) -> None:
    admin(page, meeting)
    open_person(page, "Ada")
    expect(page.get_by_text("No picture arrived")).to_be_visible()


def erase_question(page: Page, meeting: Exam) -> None:
    person(page, meeting)
    page.get_by_role("button", name="Erase…").click()
    expect(page.get_by_role("dialog", name="Erase Ada?")).to_be_visible()


def erased(page: Page, meeting: Exam) -> None:
    erase_question(page, meeting)
    page.get_by_role("button", name="Erase permanently").click()
    expect(page.get_by_text("Ada was erased.")).to_be_visible()


@pytest.mark.parametrize(
    "show",
    [
        *(home, consent, check, exam, exam_message, leaving, key_form),
        *(admin, viewer, messages, rules, person, erase_question, erased),
    ],
)
def test_axe_finds_no_serious_violation(
    open_browser: OpenBrowser, meeting: Exam, show: Callable[[Page, Exam], None]
) -> None:
    page = open_browser([TWO]).new_page()
    show(page, meeting)
    assert_accessible(page)


def test_exam_can_be_taken_by_keyboard_alone(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([TWO]), meeting)
    keyboard = page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(20):
            keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText || document.activeElement.type") == name:
                return
        pytest.fail(f"Tab does not reach {name}")

    expect(page.get_by_role("checkbox")).to_be_visible()
    tab_to("checkbox")
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.type("Ada")
    keyboard.press("Enter")
    expect(page.get_by_role("button", name="Turn on my camera")).to_be_visible()
    tab_to("Turn on my camera")
    keyboard.press("Enter")
    expect(page.get_by_text("2 faces")).to_be_visible()
    tab_to("Start the exam anyway")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="We can see more than one person")).to_be_visible()
    tab_to("Leave the exam")
    keyboard.press("Enter")
    tab_to("Leave the exam")
    keyboard.press("Enter")
    expect(page.get_by_text("Your camera is off")).to_be_visible()
