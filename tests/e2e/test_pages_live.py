"""Live view between two browsers: the video moves and the candidate is notified."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from dev.load.candidates import PICTURES
from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import invigilate, leave_person, open_person, people_cards, watch_live
from tests.support.candidate_page import join_meeting, open_meeting, start_exam
from tests.support.exam import ONE_FACE, Exam, to_base64
from tests.support.fake_camera import NOBODY, ONE
from tests.support.live_view import NO_PEERS, RECORD_SIGNALS, WATCHED
from tests.support.other_gateway import run_other_gateway
from tests.support.waiting import wait_until

UNREACHABLE = """
const Connection = RTCPeerConnection
window.RTCPeerConnection = class extends Connection {
  constructor(configuration) { super({ ...configuration, iceTransportPolicy: "relay" }) }
}
"""
"""Without a relay, a page with this script reaches no other browser, as behind a strict firewall."""

NEAREST = """
async (video, pictures) => {
  const pixels = (source) => {
    const pen = new OffscreenCanvas(32, 24).getContext("2d", { willReadFrequently: true })
    pen.drawImage(source, 0, 0, 32, 24)
    return pen.getImageData(0, 0, 32, 24).data
  }
  const shown = pixels(video)
  const distances = {}
  for (const [name, link] of Object.entries(pictures)) {
    const image = new Image()
    image.src = link
    await image.decode()
    const wanted = pixels(image)
    distances[name] = wanted.reduce((sum, value, i) => sum + Math.abs(value - shown[i]), 0) / wanted.length
  }
  return Object.entries(distances).sort((a, b) => a[1] - b[1])[0]
}
"""
SAME_PICTURE = 12
"""Largest mean difference (of 255) that video coding causes; other pictures differ by 30 or more."""


def shows(video: Locator, scene: str) -> bool:
    """Return whether the video currently shows this picture of the camera."""
    links = {
        name: f"data:image/jpeg;base64,{to_base64((PICTURES / f'{name}.jpg').read_bytes())}"
        for name in (ONE, NOBODY)
    }
    nearest, distance = video.evaluate(NEAREST, links)
    return bool(nearest == scene and distance < SAME_PICTURE)


def decoded(video: Locator) -> int:
    """Return the number of frames shown so far."""
    frames: int = video.evaluate("video => video.getVideoPlaybackQuality().totalVideoFrames")
    return frames


@pytest.fixture
def other_gateway_url(pages: Stack, tmp_path: Path) -> Iterator[str]:
    """URL of another gateway of the same system, with the pages."""
    with run_other_gateway(pages, tmp_path) as url:
        yield url


def test_live_video_moves_across_two_gateways(
    open_browser: OpenBrowser, meeting: Exam, other_gateway_url: str
) -> None:
    candidate = open_browser([ONE, NOBODY], seconds=4).new_page()
    candidate.goto(f"{other_gateway_url}/meeting/{meeting.id}")
    start_exam(candidate)
    expect(candidate.get_by_text("all good").first).to_be_visible()
    assert candidate.get_by_text(WATCHED).count() == 0

    admin = invigilate(open_browser(), meeting)
    open_person(admin, "Ada")
    expect(admin.get_by_text("The candidate's page says so while you are watching.")).to_be_visible()
    leave_person(admin)
    assert candidate.get_by_text(WATCHED).count() == 0
    view = watch_live(admin, "Ada")

    video = view.locator("video")
    expect(video).to_be_visible()
    expect(candidate.get_by_role("status").filter(has_text=WATCHED)).to_be_visible()
    before = decoded(video)
    wait_until(lambda: decoded(video) > before + 10, "frames keep arriving")
    for scene in (ONE, NOBODY, ONE):
        wait_until(partial(shows, video, scene), f"the camera shows {scene}")

    view.get_by_role("button", name="Stop watching").click()
    expect(candidate.get_by_text(WATCHED)).to_have_count(0)


RECORD_BOUNDS = """
const set = RTCRtpSender.prototype.setParameters
RTCRtpSender.prototype.setParameters = function (given) {
  window.bounds = given.encodings[0]
  return set.call(this, given)
}
"""


def test_live_view_limits_bitrate_frame_rate_and_size(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    browser.add_init_script(RECORD_BOUNDS)
    candidate = open_meeting(browser, meeting)
    start_exam(candidate)
    view = watch_live(invigilate(open_browser(), meeting), "Ada")
    expect(view.locator("video")).to_be_visible()

    bounds = candidate.evaluate("window.bounds")
    assert bounds["maxBitrate"] <= 300_000
    assert bounds["maxFramerate"] <= 12
    width: int = view.locator("video").evaluate("video => video.videoWidth")
    assert width <= 480


@pytest.mark.parametrize("connected", [True, False], ids=["unreachable", "offline"])
def test_unreachable_candidate_is_shown_by_thumbnail(
    open_browser: OpenBrowser, meeting: Exam, *, connected: bool
) -> None:
    if connected:
        browser = open_browser([ONE])
        browser.add_init_script(UNREACHABLE)
        candidate = open_meeting(browser, meeting)
        start_exam(candidate)
    else:
        absent = meeting.join()
        absent.judge_frame(ONE_FACE)
    admin = invigilate(open_browser(), meeting)
    expect(people_cards(admin).locator("img")).to_be_visible()

    view = watch_live(admin, "Ada")

    expect(view.get_by_role("status").first).to_contain_text("Not live")
    expect(view.get_by_text("No picture arrived")).to_be_visible()
    expect(view.locator("video")).to_have_count(0)
    expect(view.locator("img")).to_be_visible()
    if connected:
        expect(candidate.get_by_text(WATCHED)).to_have_count(0)
    view.get_by_role("button", name="Try again").click()
    expect(view.get_by_text("Asking the candidate's browser")).to_be_visible()


def test_no_live_view_before_the_exam_or_without_camera(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = open_meeting(open_browser([ONE]), meeting)
    join_meeting(candidate)
    candidate.get_by_role("button", name="Turn on my camera").click()
    expect(candidate.get_by_text("One face, that's you")).to_be_visible()
    view = watch_live(invigilate(open_browser(), meeting), "Ada")
    expect(view.get_by_text("the exam has not been started")).to_be_visible()

    candidate.get_by_role("button", name="Start the exam").click()
    expect(candidate.get_by_text("all good").first).to_be_visible()
    expect(view.locator("video")).to_be_visible()

    candidate.locator("video").evaluate(
        """video => {
            const [track] = video.srcObject.getVideoTracks();
            track.stop();
            track.dispatchEvent(new Event('ended'));
        }"""
    )

    expect(view.get_by_text("camera is not on")).to_be_visible()
    expect(view.locator("video")).to_have_count(0)
    expect(candidate.get_by_text(WATCHED)).to_have_count(0)


def test_live_view_ends_with_the_candidates_page(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    view = watch_live(invigilate(open_browser(), meeting), "Ada")
    expect(view.locator("video")).to_be_visible()

    candidate.close()

    expect(view.get_by_text("The candidate's page is no longer connected")).to_be_visible()


def test_browser_without_webrtc_shows_the_thumbnail(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = meeting.join()
    candidate.judge_frame(ONE_FACE)
    browser = open_browser()
    browser.add_init_script(NO_PEERS)

    view = watch_live(invigilate(browser, meeting), "Ada")

    expect(view.get_by_text("Your browser could not open the view.")).to_be_visible()
    expect(view.locator("img")).to_be_visible()


HOLD_OFFER = """
const describe = RTCPeerConnection.prototype.setLocalDescription
RTCPeerConnection.prototype.setLocalDescription = async function () {
  await describe.call(this)
  if (!window.release) await new Promise((resolve) => { window.release = resolve })
}
"""


def test_view_closed_before_its_offer_sends_nothing(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    browser = open_browser()
    browser.add_init_script(RECORD_SIGNALS)
    browser.add_init_script(HOLD_OFFER)
    admin = invigilate(browser, meeting)
    view = watch_live(admin, "Ada")
    wait_until(lambda: bool(admin.evaluate("Boolean(window.release)")), "the offer is about to be sent")

    view.get_by_role("button", name="Stop watching").click()
    expect(view.get_by_role("button", name="Watch live")).to_be_visible()
    admin.evaluate("window.release()")
    assert not {"offer", "stop"} & set(admin.evaluate("window.sent"))

    view.get_by_role("button", name="Watch live").click()
    expect(view.locator("video")).to_be_visible()
    assert admin.evaluate("window.sent.filter((type) => type === 'offer' || type === 'stop')") == ["offer"]
