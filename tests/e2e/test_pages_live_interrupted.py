"""A live view that was interrupted starts again by itself, and only if that can help."""

from typing import Any

from playwright.sync_api import Page, expect

from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import invigilate, watch_live
from tests.support.candidate_page import open_meeting, start_exam
from tests.support.exam import ONE_FACE, Exam
from tests.support.fake_camera import ONE
from tests.support.live_view import NO_PEERS, RECORD_SIGNALS, WATCHED, offers_sent
from tests.support.waiting import wait_until
from tests.support.ws_client import WsClient, authenticated_connection

MAX_FAILED_RESUMPTIONS = 3
"""In a row, as in `useLiveView.ts`."""


def test_live_view_restarts_after_a_server_restart(
    pages: Stack, open_browser: OpenBrowser, meeting: Exam
) -> None:
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    view = watch_live(invigilate(open_browser(), meeting), "Ada")
    expect(view.locator("video")).to_be_visible()

    pages.processes["gateway"].stop()
    try:
        expect(view.get_by_role("status").first).to_contain_text("The server can't be reached")
        expect(candidate.get_by_text(WATCHED)).to_have_count(0)
    finally:
        pages.processes["gateway"].start()

    expect(view.locator("video")).to_be_visible()
    expect(candidate.get_by_text(WATCHED)).to_be_visible()


def test_live_view_goes_on_after_a_reload(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    view = watch_live(invigilate(open_browser(), meeting), "Ada")
    expect(view.locator("video")).to_be_visible()

    candidate.goto("about:blank")
    expect(view.get_by_text("The view starts again with the candidate's next picture")).to_be_visible()
    expect(view.locator("video")).to_have_count(0)
    candidate.goto(f"/meeting/{meeting.id}")

    expect(view.locator("video")).to_be_visible()
    expect(candidate.get_by_text(WATCHED)).to_be_visible()


def test_candidates_browser_without_webrtc_is_asked_once(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    browser.add_init_script(NO_PEERS)
    candidate = open_meeting(browser, meeting)
    start_exam(candidate)
    admin_browser = open_browser()
    admin_browser.add_init_script(RECORD_SIGNALS)
    admin = invigilate(admin_browser, meeting)
    view = watch_live(admin, "Ada")
    expect(view.get_by_text("The candidate's page has ended the view.")).to_be_visible()

    frame = last_frame_at(meeting)
    wait_until(lambda: last_frame_at(meeting) > frame, "frames go on")
    expect_lists_of_people(admin)
    assert offers_sent(admin) == 1


def test_view_that_never_shows_a_picture_is_given_up(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = meeting.join()
    admin_browser = open_browser()
    admin_browser.add_init_script(RECORD_SIGNALS)
    with authenticated_connection(meeting.client, meeting.id, candidate.token) as connection:
        admin = invigilate(admin_browser, meeting)
        view = watch_live(admin, "Ada")
        for _ in range(1 + MAX_FAILED_RESUMPTIONS):
            offer = receive_offer(connection)
            stop = {"type": "stop", "reason": "no_camera"}
            connection.send_signal(offer["from"], stop, view=offer["view"])
            expect(view.get_by_text("camera is not on")).to_be_visible()
            candidate.judge_frame(ONE_FACE)

        expect(view.get_by_text("The view starts again")).to_have_count(0)
        expect_lists_of_people(admin)
        assert offers_sent(admin) == 1 + MAX_FAILED_RESUMPTIONS


def receive_offer(connection: WsClient) -> dict[str, Any]:
    """Return the next offer, skipping other messages."""
    while (message := connection.receive_any()).get("signal", {}).get("type") != "offer":
        pass
    return message


def last_frame_at(meeting: Exam) -> str:
    """Return when the only candidate's newest frame was taken."""
    [person] = meeting.get_people()
    return str(person["last_frame_at"])


def expect_lists_of_people(admin: Page) -> None:
    """Return when the page has read twice who is there, and has had time to react."""
    for _ in range(2):
        admin.wait_for_event("response", lambda response: response.url.endswith("/people"))


HOLD_ANSWER = """
const describe = RTCPeerConnection.prototype.setLocalDescription
RTCPeerConnection.prototype.setLocalDescription = async function () {
  if (!window.release) await new Promise((resolve) => { window.release = resolve })
  await describe.call(this)
}
"""


def test_second_offer_ignores_the_answer_to_the_first(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    browser.add_init_script(HOLD_ANSWER)
    candidate = open_meeting(browser, meeting)
    start_exam(candidate)
    expect(candidate.get_by_text("all good").first).to_be_visible()
    admin_browser = open_browser()
    admin_browser.add_init_script(RECORD_SIGNALS)
    admin = invigilate(admin_browser, meeting)
    view = watch_live(admin, "Ada")
    wait_until(lambda: offers_sent(admin) >= 2, "the page asks again by itself")

    candidate.evaluate("window.release()")

    expect(view.locator("video")).to_be_visible()
