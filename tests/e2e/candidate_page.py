"""What a candidate does on their page."""

from playwright.sync_api import BrowserContext, Page

from tests.support.exam import Exam


def opened(browser: BrowserContext, meeting: Exam) -> Page:
    """The link that the candidate was sent, opened."""
    page = browser.new_page()
    page.goto(f"/meeting/{meeting.id}")
    return page


def join(page: Page, name: str = "Ada") -> None:
    """Agrees and joins."""
    page.get_by_role("checkbox").check()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Go on to the camera check").click()


def start(page: Page, name: str = "Ada") -> None:
    """From the link to the exam."""
    join(page, name)
    page.get_by_role("button", name="Turn on my camera").click()
    page.get_by_role("button", name="Start the exam").click()
