"""How pages cope with limited browsers, broken networks and new releases."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import invigilate, people_cards
from tests.support.candidate_page import join_meeting, open_meeting, start_exam
from tests.support.exam import Exam
from tests.support.fake_camera import ONE

ADMIN = re.compile("/assets/Admin-[^/]*js$")
TIMER = re.compile("timer.worker")

BLOCKED_STORAGE = """
for (const area of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, area, { get() { throw new DOMException("blocked", "SecurityError") } });
"""
FULL_STORAGE = """() => {
    Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") };
}"""
OLDER_BROWSER = """
delete AbortSignal.any; delete AbortSignal.timeout; delete URL.parse; delete URL.canParse;
delete Promise.withResolvers; delete Promise.try; delete Object.groupBy; delete Map.groupBy;
delete Array.fromAsync; delete Intl.Segmenter; delete window.requestIdleCallback; delete window.Iterator;
for (const name of ["isWellFormed", "toWellFormed"]) delete String.prototype[name];
for (const name of ["union", "difference", "intersection", "isSubsetOf"]) delete Set.prototype[name];
"""
SCRAMBLED_CANVAS = """() => {
    const context = CanvasRenderingContext2D.prototype;
    const own = context.getImageData;
    window.restoreCanvas = () => { context.getImageData = own };
    context.getImageData = function (...area) {
        const image = own.apply(this, area);
        crypto.getRandomValues(image.data);
        return image;
    };
}"""
MOVABLE_CLOCK = """
const RealDate = Date;
window.clockOffset = 0;
window.Date = class extends RealDate {
    constructor(...parts) { if (parts.length) super(...parts); else super(RealDate.now() + clockOffset) }
    static now() { return RealDate.now() + clockOffset }
};
"""
SET_BACK_BEFORE_THE_VERDICT = """() => {
    const own = window.fetch;
    window.fetch = (request, options) => {
        if (new URL(request.url).pathname.startsWith("/jobs/")) window.clockOffset = -3 * 3_600_000;
        return own(request, options);
    };
}"""


@pytest.mark.parametrize("script", [BLOCKED_STORAGE, OLDER_BROWSER], ids=["blocked storage", "older browser"])
def test_pages_work_in_a_limited_browser(open_browser: OpenBrowser, meeting: Exam, script: str) -> None:
    browser = open_browser([ONE])
    browser.add_init_script(script)
    page = open_meeting(browser, meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()

    invigilator = invigilate(browser, meeting)
    expect(people_cards(invigilator)).to_contain_text("Ada")
    home = browser.new_page()
    home.goto("/")
    home.get_by_label("Title").fill("Geometry")
    home.get_by_role("button", name="Create exam").click()
    expect(home.get_by_role("heading", name="Geometry")).to_be_visible()


def test_page_warns_when_it_cannot_store_the_admin_key(open_browser: OpenBrowser) -> None:
    browser = open_browser()
    browser.add_init_script(BLOCKED_STORAGE)
    home = browser.new_page()
    home.goto("/")
    home.get_by_label("Title").fill("Geometry")
    home.get_by_role("button", name="Create exam").click()

    expect(home.get_by_role("alert").filter(has_text="Copy the invigilator key now")).to_be_visible()


@pytest.mark.parametrize("stored", ["null", "{}", "not json", "[null]", '{"meetingId": "1", "token": "t"}'])
def test_corrupt_storage_is_ignored(open_browser: OpenBrowser, meeting: Exam, stored: str) -> None:
    browser = open_browser()
    browser.add_init_script(
        f"localStorage.setItem('proctor.meetings', {json.dumps(stored)});"
        f"sessionStorage.setItem('proctor.seat.{meeting.id}', {json.dumps(stored)});"
    )
    expect(open_meeting(browser, meeting).get_by_label("Your name")).to_be_visible()
    home = browser.new_page()
    home.goto("/")
    expect(home.get_by_label("Title")).to_be_visible()


def test_full_storage_does_not_stop_frames(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    page.evaluate(FULL_STORAGE)

    wait_for_frames(page, 3)

    expect(page.get_by_text("all good").first).to_be_visible()


def test_failed_script_load_is_retried(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser()
    browser.route(ADMIN, lambda route: route.abort("connectionreset"), times=1)
    expect(invigilate(browser, meeting).get_by_role("heading", name="Flagged")).to_be_visible()


def test_missing_script_offers_a_reload(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser()
    browser.route(ADMIN, lambda route: route.fulfill(status=404, body=""))
    page = invigilate(browser, meeting)
    expect(page.get_by_role("heading", name="A part of this page could not be loaded")).to_be_visible()

    browser.unroute_all()
    page.get_by_role("button", name="Reload the page").click()

    expect(page.get_by_role("heading", name="Flagged")).to_be_visible()


def test_crashed_page_can_reload_as_the_same_participant(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    page = open_meeting(browser, meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    # Stands for a bug in the page, which can't render without the missing fields.
    browser.route(f"**/meetings/{meeting.id}", lambda route: route.fulfill(json={"id": meeting.id}))
    page.reload()
    expect(page.get_by_role("heading", name="This page has stopped working")).to_be_visible()

    browser.unroute_all()
    page.get_by_role("button", name="Reload the page").click()

    expect(page.get_by_text("all good").first).to_be_visible()
    assert [person["name"] for person in meeting.get_people()] == ["Ada"]


@pytest.mark.parametrize("is_old", [True, False], ids=["old browser", "scripts missing"])
def test_page_that_cannot_start_explains_why(
    open_browser: OpenBrowser, meeting: Exam, *, is_old: bool
) -> None:
    browser = open_browser()
    browser.route(re.compile("/assets/index-.*js$"), lambda route: route.fulfill(status=404, body=""))
    if is_old:
        browser.add_init_script("delete Array.prototype.toSorted")
    page = open_meeting(browser, meeting)

    title = "This page needs a newer browser" if is_old else "This page could not be started"
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text("Safari 16.4")).to_be_visible()


@pytest.mark.parametrize("cause", ["file missing", "forbidden"])
def test_frames_continue_without_the_timer_worker(
    open_browser: OpenBrowser, meeting: Exam, cause: str
) -> None:
    browser = open_browser([ONE])
    if cause == "forbidden":
        browser.add_init_script("window.Worker = class { constructor() { throw new DOMException('no') } }")
    else:
        browser.route(TIMER, lambda route: route.abort("connectionreset"))
    page = open_meeting(browser, meeting)
    start_exam(page)

    wait_for_frames(page, 3)

    expect(page.get_by_text("all good").first).to_be_visible()


def test_frames_continue_when_the_clock_is_set_back(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    browser.add_init_script(MOVABLE_CLOCK)
    page = open_meeting(browser, meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    page.evaluate(SET_BACK_BEFORE_THE_VERDICT)

    wait_for_frames(page, 4)

    assert page.evaluate("window.clockOffset") < 0
    expect(page.get_by_text("all good").first).to_be_visible()


def test_firewall_403_does_not_stop_frames(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    page = open_meeting(browser, meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()

    def block(route: Route) -> None:
        route.fulfill(status=403, content_type="text/html", body="<h1>Attention required</h1>")

    page.route("**/detect_faces", block)
    expect(page.get_by_text("Connection lost, trying again").first).to_be_visible()
    page.unroute_all()

    expect(page.get_by_text("all good").first).to_be_visible()
    assert len(meeting.get_people()) == 1


def test_scrambled_pictures_name_the_browser_setting(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    page.evaluate(SCRAMBLED_CANVAS)
    join_meeting(page)
    page.get_by_role("button", name="Turn on my camera").click()
    expect(page.get_by_role("alert").filter(has_text="privacy.resistFingerprinting")).to_be_visible()

    page.evaluate("window.restoreCanvas()")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("One face, that's you")).to_be_visible()


def wait_for_frames(page: Page, count: int) -> None:
    """Return once `count` more frames have been accepted."""
    for _ in range(count):
        page.wait_for_event("response", lambda response: "/detect_faces" in response.url and response.ok)
