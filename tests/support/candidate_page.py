"""Actions of a candidate on their page."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.exam import Exam


def open_meeting(browser: BrowserContext, meeting: Exam) -> Page:
    """Open the candidate's link in a new page."""
    page = browser.new_page()
    page.goto(f"/meeting/{meeting.id}")
    return page


def join_meeting(page: Page, name: str = "Ada") -> None:
    """Agree to the terms and join."""
    page.get_by_role("checkbox").check()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Continue to the camera check").click()


def start_exam(page: Page, name: str = "Ada") -> None:
    """Join, turn the camera on and start the exam."""
    join_meeting(page, name)
    page.get_by_role("button", name="Turn on my camera").click()
    page.get_by_role("button", name="Start the exam").click()
    # The page before has a button "Leave for now", too.
    expect(page.get_by_role("button", name="Finish exam")).to_be_visible()


def finish_exam(page: Page) -> None:
    """Finish the exam, and confirm it."""
    page.get_by_role("button", name="Finish exam").click()
    page.get_by_role("dialog").get_by_role("button", name="Finish exam").click()
