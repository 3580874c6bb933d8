"""The vendor's meeting on the pages: the real SDK with a mock of its service."""

import subprocess
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dev.pages import FRONTEND, NODE, PACKAGES, build
from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.candidate_page import start_exam
from tests.support.exam import Exam
from tests.support.fake_camera import ONE, TWO
from tests.support.other_gateway import run_other_gateway
from tests.support.vendors.dyte import ACCOUNT_ID, API_TOKEN, APP_ID, FakeDyte

RECORD_VIOLATIONS = """
window.violations = []
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  window.violations.push(`${effectiveDirective} ${blockedURI}`))
"""


@pytest.fixture(scope="module")
def dyte() -> Iterator[FakeDyte]:
    with FakeDyte() as server:
        yield server


@pytest.fixture(scope="module")
def vendor_client(
    pages: Stack, dyte: FakeDyte, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of a gateway with pages whose meetings are at RealtimeKit."""
    settings = {
        "VIDEO_PROVIDER": "realtimekit",
        "REALTIMEKIT_ACCOUNT_ID": ACCOUNT_ID,
        "REALTIMEKIT_APP_ID": APP_ID,
        "REALTIMEKIT_API_TOKEN": API_TOKEN,
        "REALTIMEKIT_API_URL": f"{dyte.url}/client/v4",
    }
    with (
        run_other_gateway(pages, tmp_path_factory.mktemp("vendor"), **settings) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


@pytest.fixture
def vendor_meeting(vendor_client: httpx.Client) -> Exam:
    return Exam.create(vendor_client)


@pytest.fixture(scope="module")
def mock(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> str:  # noqa: ARG001 - only for a browser
    """The bundled script that mocks the vendor's service in a page."""
    build()
    script = tmp_path_factory.mktemp("mock") / "vendor.js"
    rolldown = [NODE / "bin/node", PACKAGES / "rolldown/bin/cli.mjs"]
    source = FRONTEND / "src/vendor/vendor.mock.ts"
    subprocess.run([*rolldown, source, "--format", "iife", "--file", script], cwd=FRONTEND, check=True)
    return script.read_text()


def open_meeting(browser: BrowserContext, meeting: Exam, mock: str | None) -> Page:
    """Open the meeting; without the mock, the vendor can't be reached."""
    browser.add_init_script(RECORD_VIOLATIONS)
    if mock:
        browser.add_init_script(mock)
    browser.route("https://**", lambda route: route.abort())
    page = browser.new_page()
    page.goto(f"{meeting.client.base_url}/meeting/{meeting.id}")
    return page


def invigilate(page: Page, meeting: Exam) -> None:
    """Open the page as the meeting's admin."""
    page.get_by_role("button", name="I am the invigilator").click()
    page.get_by_label("Invigilator key").fill(meeting.admin_key)
    page.get_by_role("button", name="Open as invigilator").click()


def test_camera_toggle_in_the_meeting_controls_frames(
    open_browser: OpenBrowser, vendor_meeting: Exam, mock: str
) -> None:
    page = open_meeting(open_browser([ONE]), vendor_meeting, mock)
    start_exam(page)
    meeting = page.get_by_role("region", name="Meeting")
    toggle = meeting.locator("rtk-camera-toggle").first
    expect(toggle).to_contain_text("Video On")
    expect(page.get_by_text("all good").first).to_be_visible()

    toggle.click()

    expect(page.get_by_role("status").filter(has_text="camera is off")).to_have_count(1)
    expect(page.get_by_role("heading", name="You have turned your camera off")).to_be_visible()
    expect(page.get_by_text("No picture")).to_be_visible()

    toggle.click()
    expect(page.get_by_text("all good").first).to_be_visible()
    toggle.click()
    expect(page.get_by_role("status").filter(has_text="camera is off")).to_have_count(1)
    page.get_by_role("button", name="Turn my camera on").click()
    expect(page.get_by_text("all good").first).to_be_visible()
    expect(toggle).to_contain_text("Video On")
    assert page.evaluate("window.violations") == []


def test_warning_is_shown_in_the_meeting(open_browser: OpenBrowser, vendor_meeting: Exam, mock: str) -> None:
    page = open_meeting(open_browser([ONE, TWO], seconds=15), vendor_meeting, mock)
    start_exam(page)
    meeting = page.get_by_role("region", name="Meeting")
    expect(meeting.locator("rtk-camera-toggle").first).to_be_visible()

    expect(meeting.locator("rtk-notification")).to_contain_text("We can see more than one person")


def test_leaving_the_call_keeps_frames_and_allows_return(
    open_browser: OpenBrowser, vendor_meeting: Exam, mock: str
) -> None:
    page = open_meeting(open_browser([ONE]), vendor_meeting, mock)
    start_exam(page)
    meeting = page.get_by_role("region", name="Meeting")
    toggle = meeting.locator("rtk-camera-toggle").first
    expect(toggle).to_contain_text("Video On")
    expect(page.get_by_text("all good").first).to_be_visible()

    meeting.locator("rtk-leave-button").first.click()
    page.locator("rtk-leave-meeting rtk-button", has_text="Leave").click()

    expect(meeting.get_by_role("alert")).to_contain_text("You are no longer in the meeting")
    with page.expect_request("**/detect_faces"):
        pass
    expect(page.get_by_text("all good").first).to_be_visible()
    expect(page.get_by_text("You have turned your camera off")).to_have_count(0)
    meeting.get_by_role("button", name="Try again").click()
    expect(toggle).to_contain_text("Video On")


def test_frames_continue_without_the_vendor(open_browser: OpenBrowser, vendor_meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), vendor_meeting, None)
    start_exam(page)

    failure = page.get_by_role("region", name="Meeting").get_by_role("alert")
    expect(failure).to_contain_text("The meeting could not be opened. The rest of this page keeps working.")
    expect(page.get_by_text("all good").first).to_be_visible()


def test_admin_joins_as_host_and_keeps_the_same_participant(
    open_browser: OpenBrowser, vendor_meeting: Exam, mock: str, dyte: FakeDyte
) -> None:
    page = open_meeting(open_browser(), vendor_meeting, mock)
    invigilate(page, vendor_meeting)
    page.get_by_label("Your name, as candidates see it").fill("Ivy")
    page.get_by_role("button", name="Join the meeting").click()

    meeting = page.get_by_role("region", name="Meeting")
    expect(meeting.locator("rtk-camera-toggle").first).to_be_visible()
    expect(page.get_by_role("heading", name="Flagged")).to_be_visible()
    page.reload()
    expect(meeting.locator("rtk-camera-toggle").first).to_be_visible()

    join_button = page.get_by_role("button", name="Join the meeting")
    token = f"proctor.host.{vendor_meeting.id}"
    page.evaluate("name => sessionStorage.setItem(name, JSON.stringify('expired'))", token)
    page.reload()
    expect(join_button).to_be_visible()
    assert page.evaluate("name => sessionStorage.getItem(name)", token) is None

    (participant,) = list(dyte.meetings.values())[-1].participants.values()
    assert (participant.body["name"], participant.body["preset_name"]) == ("Ivy", "group_call_host")
    assert len(participant.tokens) == 3, "one for joining, one for each time the page was opened"
