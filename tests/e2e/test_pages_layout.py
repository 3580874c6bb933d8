"""Long words wrap on every page from 360 pixels up: nothing overflows."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import flag_rows
from tests.support.candidate_page import start_exam
from tests.support.exam import TWO_FACES, Exam
from tests.support.fake_camera import TWO

WORD = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft"
WIDTHS = (1280, 390, 360)

OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter(element => {
    const {overflowX, display} = getComputedStyle(element);
    if (display === 'none' || element.closest('svg, .unseen, input, select, video')) return false;
    const {left, right, width} = element.getBoundingClientRect();
    if (width && (left < -1 || right > innerWidth + 1)) return true;
    // An open menu lies over the page.
    if (overflowX === 'hidden' || element.matches('details:has(> summary.button)')) return false;
    return element.clientWidth && element.scrollWidth > element.clientWidth + 1;
}).map(element => `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`)"""


def assert_fits(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"wider than {width} pixels"
        assert page.evaluate(OVERFLOWING) == [], f"at {width} pixels"


@pytest.fixture
def meeting(pages: Stack) -> Iterator[Exam]:
    """A meeting whose title is one word, too long for a line on a phone."""
    with httpx.Client(base_url=pages.url, timeout=30) as client:
        yield Exam.create(client, WORD)


def home(page: Page, _: Exam) -> None:
    page.goto("/")
    page.get_by_label("Title").fill(WORD)
    page.get_by_role("button", name="Create meeting").click()
    expect(page.get_by_role("heading", name=WORD)).to_be_visible()
    page.get_by_text("Use another device").click()
    page.get_by_text("Forget it in this browser").click()


def terms(page: Page, meeting: Exam) -> None:
    page.goto(f"/meeting/{meeting.id}")
    expect(page.get_by_role("checkbox")).to_be_visible()


def exam(page: Page, meeting: Exam) -> None:
    terms(page, meeting)
    start_exam(page, WORD)
    expect(page.get_by_role("heading", name="We can see more than one person")).to_be_visible()
    meeting.send_message(f"{WORD}?")
    expect(page.get_by_text(f"{WORD}?").first).to_be_visible()
    page.get_by_text("Messages so far").click()


def key_form(page: Page, meeting: Exam) -> None:
    page.goto(f"/meeting/{meeting.id}#invigilator")
    expect(page.get_by_label("Invigilator key")).to_be_visible()


def flags(page: Page, meeting: Exam) -> None:
    candidate = meeting.join(WORD)
    candidate.get_job(candidate.submit_frame(TWO_FACES), wait=20)
    key_form(page, meeting)
    page.get_by_label("Invigilator key").fill(meeting.admin_key)
    page.get_by_role("button", name="Open as invigilator").click()
    expect(flag_rows(page)).to_have_count(1)
    page.get_by_label("Candidate", exact=True).select_option(index=1)


def people(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("button", name="People").click()
    expect(page.get_by_role("button", name=f"Open {WORD}")).to_be_visible()


def invitation(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    page.get_by_text("Invite", exact=True).click()
    expect(page.get_by_label("Candidates' link", exact=True)).to_be_visible()


def viewer(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    flag_rows(page).click()
    expect(page.get_by_role("dialog", name=WORD)).to_be_visible()


def messages(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    meeting.join(WORD[::-1])
    meeting.send_message(WORD)
    page.get_by_role("button", name="Messages").click()
    page.get_by_text("Acknowledged by 0 of 2").click()
    expect(page.get_by_text("not delivered yet").first).to_be_visible()


def rules(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    page.get_by_role("button", name="Rules").click()
    expect(page.get_by_label("People who may be seen")).to_be_visible()


def person(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    meeting.send_message(WORD)
    page.get_by_role("button", name=f"Open {WORD}").click()
    expect(page.get_by_role("dialog", name=WORD)).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text(WORD, exact=True).first).to_be_visible()


def erase_question(page: Page, meeting: Exam) -> None:
    person(page, meeting)
    page.get_by_role("button", name="Erase…").click()
    expect(page.get_by_role("dialog", name=f"Erase {WORD}?")).to_be_visible()


def erased(page: Page, meeting: Exam) -> None:
    erase_question(page, meeting)
    page.get_by_role("button", name="Erase permanently").click()
    expect(page.get_by_text(f"{WORD} was erased.")).to_be_visible()


def no_meeting(page: Page, _: Exam) -> None:
    page.goto(f"/meeting/{WORD}")
    expect(page.get_by_role("heading", name="There is no such meeting")).to_be_visible()


@pytest.mark.parametrize(
    "show",
    [
        *(home, terms, exam, key_form, no_meeting),
        *(flags, people, invitation, viewer, messages, rules, person, erase_question, erased),
    ],
)
def test_long_words_wrap_on_every_page(
    open_browser: OpenBrowser, meeting: Exam, show: Callable[[Page, Exam], None]
) -> None:
    page = open_browser([TWO]).new_page()
    show(page, meeting)
    assert_fits(page)
