"""What a candidate in another tab or program hears of warnings and messages."""

from playwright.sync_api import expect

from tests.e2e.conftest import OpenBrowser
from tests.support.candidate_page import finish_exam, open_meeting, start_exam
from tests.support.exam import Exam
from tests.support.fake_camera import TWO
from tests.support.waiting import wait_until

ELSEWHERE = """
window.notified = []
window.Notification = class {
  static permission = "default"
  static async requestPermission() { this.permission = "granted" }
  constructor(title) { window.notified.push(title) }
  close() {}
}
window.documentPictureInPicture = {
  requestWindow: async ({ width, height }) => window.open("", "", `width=${width},height=${height}`),
}
document.hasFocus = () => false
"""
"""A headless Chromium shows neither notifications nor windows on top; no tab is ever in the background."""


def test_candidate_in_another_tab_is_told(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([TWO])
    browser.add_init_script(ELSEWHERE)
    page = open_meeting(browser, meeting)

    def notified() -> list[str]:
        titles: list[str] = page.evaluate("window.notified")
        return titles

    start_exam(page)
    page.get_by_role("checkbox", name="Notify me").check()
    wait_until(lambda: "We can see more than one person" in notified(), "the warning is a notification")

    with page.expect_popup() as opening:
        page.get_by_role("button", name="small window on top").click()
    small = opening.value
    expect(small.get_by_role("heading", name="We can see more than one person")).to_be_visible()

    meeting.send_message("Only ten minutes left")
    expect(small.get_by_text("Only ten minutes left")).to_be_visible()
    wait_until(lambda: "Message from your invigilator" in notified(), "the message is a notification")
    small.get_by_role("button", name="I have read it").click()
    expect(page.get_by_role("alert").get_by_text("Only ten minutes left")).to_have_count(0)

    with small.expect_event("close"):
        finish_exam(page)
