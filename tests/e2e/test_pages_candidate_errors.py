"""Errors that the candidate's page explains and recovers from."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Request, Route, expect

from api.auth.tokens import Bearer, Tokens
from dev.stack.stack import Stack
from shared.db.tables import Role
from tests.conftest import SECRET
from tests.e2e.conftest import OpenBrowser
from tests.support.candidate_page import finish_exam, join_meeting, open_meeting, start_exam
from tests.support.exam import Exam
from tests.support.fake_camera import ONE

DENY_ONCE = """
const ask = navigator.mediaDevices.getUserMedia
navigator.mediaDevices.getUserMedia = async () => {
  navigator.mediaDevices.getUserMedia = ask
  throw new DOMException("Permission denied", "NotAllowedError")
}
"""
"""A headless Chromium denies the camera always or never."""


def test_denied_camera_is_explained(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser(flags=["--use-fake-ui-for-media-stream=deny"]), meeting)
    expect(page.get_by_text("The exam office, also if you want")).to_be_visible()
    join_meeting(page)
    page.get_by_role("button", name="Turn on my camera").click()

    explained = page.get_by_role("alert").filter(has_text="This page isn't allowed to use your camera")
    expect(explained).to_contain_text("exams@example.org")


def test_camera_can_be_allowed_after_it_was_denied(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser()
    browser.add_init_script(DENY_ONCE)
    page = open_meeting(browser, meeting)
    join_meeting(page)
    page.get_by_role("button", name="Turn on my camera").click()
    expect(
        page.get_by_role("alert").filter(has_text="This page isn't allowed to use your camera")
    ).to_be_visible()

    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("One face, that's you")).to_be_visible()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "Another program is using your camera"),
        ("AnythingElse", "The camera could not be switched on"),
    ],
)
def test_missing_or_busy_camera_is_explained(
    open_browser: OpenBrowser, meeting: Exam, error: str, words: str
) -> None:
    browser = open_browser()
    # Chromium has no flag to remove the fake camera.
    browser.add_init_script(
        f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{error}') }}"
    )
    page = open_meeting(browser, meeting)
    join_meeting(page)
    page.get_by_role("button", name="Turn on my camera").click()

    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


STOP_CAMERA = """video => {
    const [track] = video.srcObject.getVideoTracks();
    track.stop();
    track.dispatchEvent(new Event('ended'));
}"""

MUTE_WHILE_OPENING = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    const [track] = stream.getVideoTracks();
    Object.defineProperty(track, "muted", {value: true, configurable: true});
    window.unmute = () => {
        delete track.muted;
        track.dispatchEvent(new Event("unmute"));
    };
    return stream;
};
"""

COUNT_CONTRADICTIONS = """() => {
    window.contradictions = 0;
    new MutationObserver(() => {
        const words = document.body.innerText + document.title;
        if (/all good|✓/i.test(words) && /camera has stopped/.test(words)) window.contradictions += 1;
    }).observe(document, {subtree: true, childList: true, characterData: true});
}"""


def test_stopped_camera_is_never_shown_as_good(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    page.evaluate(COUNT_CONTRADICTIONS)

    page.locator("video").evaluate(STOP_CAMERA)

    expect(page.get_by_role("heading", name="Your camera has stopped")).to_be_visible()
    expect(page.get_by_text("Camera is off").first).to_be_visible()
    assert page.evaluate("window.contradictions") == 0


def test_camera_muted_while_opening_is_shown_as_off(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    browser.add_init_script(MUTE_WHILE_OPENING)
    page = open_meeting(browser, meeting)
    join_meeting(page)

    page.get_by_role("button", name="Turn on my camera").click()

    expect(page.get_by_role("heading", name="Your camera has stopped")).to_be_visible()
    page.evaluate("window.unmute()")
    expect(page.get_by_text("One face, that's you")).to_be_visible()


@pytest.mark.parametrize("plugged_in", [True, False], ids=["plugged in again", "asked for again"])
def test_lost_camera_is_noticed_and_can_return(
    open_browser: OpenBrowser, meeting: Exam, *, plugged_in: bool
) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()

    page.locator("video").evaluate(STOP_CAMERA)

    expect(page.get_by_text("Camera is off").first).to_be_visible()
    expect(page.get_by_role("heading", name="Your camera has stopped")).to_be_visible()
    if plugged_in:
        page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    else:
        page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("all good").first).to_be_visible()


def test_candidate_page_recovers_from_a_server_restart(
    pages: Stack, open_browser: OpenBrowser, meeting: Exam
) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()

    pages.processes["gateway"].stop()
    try:
        expect(page.get_by_text("Connection lost, trying again").first).to_be_visible()
    finally:
        pages.processes["gateway"].start()

    expect(page.get_by_text("all good").first).to_be_visible()


def test_page_opened_during_an_outage_loads_later(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_browser([ONE]).new_page()
    page.route(f"**/meetings/{meeting.id}", lambda route: route.abort("connectionrefused"))
    page.goto(f"/meeting/{meeting.id}")
    expect(page.get_by_role("alert").filter(has_text="The server can't be reached")).to_be_visible()

    page.unroute_all()

    expect(page.get_by_label("Your name")).to_be_visible()


def test_expired_token_lets_the_candidate_join_again(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    expired = Tokens(SECRET).issue(
        Bearer(UUID(meeting.id), UUID(meeting.join().id), Role.CANDIDATE),
        datetime.now(UTC) - timedelta(days=2),
    )
    page.evaluate(
        """([id, token]) => {
            const key = `proctor.seat.${id}`;
            const session = JSON.parse(sessionStorage.getItem(key));
            sessionStorage.setItem(key, JSON.stringify({ ...session, token }));
        }""",
        [meeting.id, expired],
    )
    page.reload()
    expect(page.get_by_role("heading", name="Your access to this exam has ended")).to_be_visible()

    joins: list[Request] = []
    page.on(
        "request", lambda request: joins.append(request) if request.url.endswith("/participants") else None
    )
    page.get_by_role("button", name="Join again").dblclick()

    expect(page.get_by_text("all good").first).to_be_visible()
    assert len(joins) == 1


def test_candidate_erased_during_the_check_can_rejoin(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    join_meeting(page)
    camera = page.get_by_role("button", name="Turn on my camera")
    expect(camera).to_be_visible()
    seat = page.evaluate("id => JSON.parse(sessionStorage.getItem(`proctor.seat.${id}`))", meeting.id)
    assert meeting.erase(seat["participantId"]).is_success
    camera.click()
    expect(page.get_by_role("heading", name="Your access to this exam has ended")).to_be_visible()

    page.get_by_role("button", name="Join again").click()

    expect(page.get_by_text("One face, that's you")).to_be_visible()
    expect(page.get_by_role("heading", name="Your access to this exam has ended")).to_be_hidden()


def test_finish_is_repeated_until_the_server_answers(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    tries: list[Route] = []

    def refuse_connection(route: Route) -> None:
        tries.append(route)
        route.abort("connectionrefused")

    page.route("**/leave", refuse_connection)
    finish_exam(page)
    expect(page.get_by_role("status")).to_have_text(
        "Telling your invigilator that you have finished. Keep this tab open."
    )

    page.get_by_role("button", name="Reopen the exam").click()
    page.get_by_role("dialog").get_by_role("button", name="Reopen the exam").click()
    expect(page.get_by_text("all good").first).to_be_visible()
    before = len(tries)
    for _ in range(4):  # seconds
        with page.expect_response("**/detect_faces"):
            pass
    assert len(tries) == before, "no late report after the return"

    finish_exam(page)
    expect(page.get_by_role("status")).to_contain_text("Keep this tab open")
    page.unroute_all()
    expect(page.get_by_role("status")).to_have_text(
        "Your invigilator sees that you have finished. You can close this tab."
    )


def test_refused_finish_is_not_shown_as_done(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    problem = {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "the token has expired",
    }
    page.route(
        "**/leave",
        lambda route: route.fulfill(status=401, json=problem, content_type="application/problem+json"),
    )

    finish_exam(page)

    expect(page.get_by_role("status")).to_have_text(
        "The server did not record that you have finished. The token has expired."
        " Please tell your invigilator."
    )


def test_unknown_meeting_is_explained(open_browser: OpenBrowser) -> None:
    page = open_browser().new_page()
    page.goto("/meeting/0b7c1c0e-7a3c-4b54-9e5e-2a4a1f9c1111")
    expect(page.get_by_role("heading", name="There is no such exam")).to_be_visible()


def test_any_page_deletes_the_seats_of_earlier_days(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    page = open_meeting(browser, meeting)
    join_meeting(page)
    expect(page.get_by_role("button", name="Turn on my camera")).to_be_visible()
    page.close()
    page = browser.new_page()
    page.clock.install(time=datetime.now(UTC) + timedelta(days=1, minutes=1))

    page.goto("/")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(name => name.includes('seat'))") == []
