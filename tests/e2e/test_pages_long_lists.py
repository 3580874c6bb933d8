"""The admin page with 300 people and 5,000 flags."""

import pytest
from playwright.sync_api import Locator, Page, expect

from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import flag_row, flag_rows, invigilate, leave_person, people_cards
from tests.support.exam import TWO_FACES, Exam
from tests.support.long_list import fill_list, shorten_pages

FLAGS, PAGE, PEOPLE = 5_000, 500, 300
ROW_PX, GAP_PX = 90, 6.4
MAX_ROWS = 60
"""Those on the screen, ten on either side, and the one that has the focus."""


def test_long_lists_scroll_to_their_end(open_browser: OpenBrowser, pages: Stack, meeting: Exam) -> None:
    fill_list(pages, meeting, FLAGS, PEOPLE)
    page = invigilate(shorten_pages(open_browser(), PAGE), meeting)
    expect(page.get_by_text(f"The newest {PAGE},")).to_be_visible()
    rows = flag_rows(page)
    flag_row(page, 0).focus()
    # End reaches the end only if rows out of sight have their real height already.
    assert unmeasured_row_px(page) == pytest.approx(row_px(page), abs=0.1)

    for loaded in range(2 * PAGE, FLAGS, PAGE):
        press_end(page)
        expect(page.get_by_text(f"The newest {loaded},")).to_be_visible()
        assert rows.count() <= MAX_ROWS
    press_end(page)
    expect(page.get_by_text(f"{FLAGS} flags, newest first")).to_be_visible()
    press_end(page)

    last = flag_row(page, FLAGS - 1)
    expect(last).to_be_in_viewport()
    expect(last.locator("..")).to_have_attribute("aria-setsize", str(FLAGS))
    expect(flag_row(page, 0)).to_be_focused()
    assert rows.count() <= MAX_ROWS
    page.keyboard.press("j")
    expect(flag_row(page, 1)).to_be_focused()
    expect(flag_row(page, 1)).to_be_in_viewport()


def press_end(page: Page) -> None:
    """Scroll to the end of what is loaded."""
    # Chromium scrolls by its last layout: before the next one it would go to the end of the shorter list.
    top_after_layout(flag_row(page, 0))
    page.keyboard.press("End")


def row_px(page: Page) -> float:
    """Return the height of the first row."""
    height: float = flag_row(page, 0).evaluate("row => row.getBoundingClientRect().height")
    return height


def unmeasured_row_px(page: Page) -> float:
    """Return the mean height of the loaded rows, few of which are rendered."""
    height: float = flag_row(page, 0).evaluate("row => row.closest('ol').getBoundingClientRect().height")
    return (height + GAP_PX) / PAGE - GAP_PX


def test_new_flag_moves_nothing_that_is_read(open_browser: OpenBrowser, pages: Stack, meeting: Exam) -> None:
    flagged = meeting.join("Zoë")
    flagged.judge_frame(TWO_FACES)
    fill_list(pages, meeting, flags=29, people=80)
    page = invigilate(open_browser(), meeting)

    before = scroll_to_top(flag_row(page, 10))
    flagged.judge_frame(TWO_FACES)
    expect(page.get_by_text("31 flags, newest first")).to_be_attached()
    assert top_after_layout(flag_row(page, 11)) == pytest.approx(before, abs=ROW_PX / 4)


def scroll_to_top(element: Locator) -> float:
    """Scroll until the element is at the top of the window; return where it is."""
    element.evaluate("element => element.scrollIntoView()")
    return top_after_layout(element)


def top_after_layout(element: Locator) -> float:
    """Return the distance from the top of the window, once the page has had time to scroll."""
    top: float = element.evaluate(
        """async element => {
            for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
            return element.getBoundingClientRect().top;
        }"""
    )
    return top


def test_person_is_found_among_hundreds(open_browser: OpenBrowser, pages: Stack, meeting: Exam) -> None:
    meeting.join("Candidate 298")
    fill_list(pages, meeting, flags=1, people=PEOPLE)
    page = invigilate(open_browser(), meeting)
    people = people_cards(page)
    expect(page.get_by_role("button", name=f"Offline {PEOPLE + 2}")).to_be_visible()
    assert people.count() < PEOPLE / 2

    page.keyboard.press("/")
    page.keyboard.type("candidate 298")

    # Two of one name, told apart by their number.
    expect(people).to_have_count(2)
    expect(people.first).to_contain_text("#1")
    expect(people.last).to_contain_text(f"#{PEOPLE + 1}")
    page.get_by_role("button", name="Flagged").click()
    expect(page.get_by_text("Nobody matches.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Search names and numbers")).to_have_value("candidate 298")
    page.get_by_role("button", name="Show everyone").click()
    expect(people.first).to_be_visible()
    page.get_by_label("Search names and numbers").fill(f"#{PEOPLE + 1}")
    expect(people).to_have_count(1)
    people.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Candidate 298", level=1)).to_be_focused()
    leave_person(page)
    expect(page.get_by_label("Search names and numbers")).to_have_value(f"#{PEOPLE + 1}")
