"""Actions of an invigilator on their page."""

import re

from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect

from tests.support.exam import Exam


def invigilate(browser: BrowserContext, meeting: Exam) -> Page:
    """Open the meeting with its key, in a browser that has not stored the key."""
    page = browser.new_page()
    # Not by the candidates' page: a browser that has a seat is asked about that first.
    page.goto(f"/meeting/{meeting.id}#invigilator")
    page.get_by_label("Invigilator key").fill(meeting.admin_key)
    page.get_by_role("button", name="Open as invigilator").click()
    return page


def watch_live(page: Page, name: str) -> Locator:
    """Open a candidate's page, start the live view and return it."""
    person = open_person(page, name)
    person.get_by_role("button", name="Watch live").click()
    return person.get_by_role("region", name="Live view")


def leave_person(page: Page) -> None:
    """Return from a candidate's page to the room."""
    page.get_by_role("navigation", name="Candidates").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Flagged")).to_be_attached()


def open_person(page: Page, name: str) -> Locator:
    """Open a candidate's page and return its content."""
    person_link(page, name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_focused()
    return page.get_by_role("main")


def person_link(page: Page, name: str) -> Locator:
    """Return the link to the candidate of this name."""
    people = page.get_by_role("region", name="People")
    return people.get_by_role("link", name=re.compile(rf"^{re.escape(name)}\s"))


def show_list(page: Page) -> None:
    """Show the people as a list, which says more about each than the wall."""
    page.get_by_label("View", exact=True).select_option(label="List")


def show_flagged(page: Page, size: ViewportSize) -> None:
    """Set the size of the window, and show the flagged list: on a narrow screen it is hidden at first."""
    expect(page.get_by_role("region", name="People")).to_be_visible()
    page.set_viewport_size(size)
    button = page.get_by_role("button", name="Flagged", exact=True)
    if button.is_visible():
        button.click()


def flag_rows(page: Page) -> Locator:
    """The rows of the flagged list."""
    return page.get_by_role("region", name="Flagged").get_by_role("listitem").get_by_role("button")


def flag_row(page: Page, place: int) -> Locator:
    """Return the row at this place of the flagged list; only rows near the visible part are rendered."""
    item = page.get_by_role("region", name="Flagged").locator(f"[aria-posinset='{place + 1}']")
    return item.get_by_role("button")


def people_cards(page: Page) -> Locator:
    """The people on the wall, or in the list."""
    people = page.get_by_role("region", name="People").get_by_role("listitem")
    return people.filter(has=page.get_by_role("link"))
