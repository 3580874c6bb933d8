"""What an invigilator does on their page."""

from playwright.sync_api import BrowserContext, Locator, Page

from tests.e2e.candidate_page import opened
from tests.support.exam import Exam


def invigilate(browser: BrowserContext, meeting: Exam, key: str | None = None) -> Page:
    """The meeting opened with its key, on a device that does not hold it yet."""
    page = opened(browser, meeting)
    page.get_by_role("button", name="I am the invigilator").click()
    page.get_by_label("Invigilator key").fill(key or meeting.admin_key)
    page.get_by_role("button", name="Open as invigilator").click()
    return page


def open_person(page: Page, name: str) -> Locator:
    """Opens a candidate; returns the dialog."""
    page.get_by_role("button", name=f"Open {name}").click()
    return page.get_by_role("dialog", name=name)
