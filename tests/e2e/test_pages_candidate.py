"""The candidate's page in a browser, with a real worker."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenBrowser
from tests.support.candidate_page import finish_exam, join_meeting, open_meeting, start_exam
from tests.support.exam import Exam, bearer
from tests.support.fake_camera import COVERED, DIM, NOBODY, ONE, TWO
from tests.support.waiting import wait_until

SCENE_SECONDS = 8.0


def states(meeting: Exam) -> list[str]:
    return [person["state"] for person in meeting.get_people()]


def test_warnings_follow_what_the_camera_shows(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE, TWO, NOBODY], seconds=SCENE_SECONDS), meeting)
    start_exam(page)

    warnings = page.get_by_role("alert")
    expect(page.get_by_text("all good").first).to_be_visible()
    expect(warnings.filter(has_text="We can see more than one person")).to_be_visible()
    expect(warnings.filter(has_text="We can't see you")).to_be_visible()
    expect(page.get_by_text("all good").first).to_be_visible()
    expect(page.get_by_role("heading", name="We can")).to_have_count(0)

    page.get_by_text("Warnings and messages").click()
    history = page.get_by_role("group").get_by_role("listitem")
    expect(history.filter(has_text="We can see more than one person").first).to_be_visible()
    expect(history.filter(has_text="We can't see you").first).to_be_visible()


def test_dim_picture_is_dim_for_everybody(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([DIM]), meeting)
    join_meeting(page)
    page.get_by_role("button", name="Turn on my camera").click()
    expect(page.get_by_text("Dim: turn on a light in front of you")).to_be_visible()

    page.get_by_role("button", name="Start the exam anyway").click()

    expect(page.get_by_text("you can be seen, but more light would help").first).to_be_visible()
    assert [(person["state"], person["picture"]) for person in meeting.get_people()] == [("verified", "dim")]


def test_camera_covered_again_and_again_is_one_message(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE, COVERED], seconds=5), meeting)
    start_exam(page)

    warning = page.get_by_role("heading", name="Your camera gives no usable picture")
    for _ in range(2):
        expect(warning).to_be_visible()
        expect(warning).to_be_hidden()

    page.get_by_text("Warnings and messages").click()
    expect(page.get_by_role("group").get_by_role("listitem")).to_have_count(1)


def test_camera_check_records_nothing(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([TWO]), meeting)
    join_meeting(page)
    page.get_by_role("button", name="Turn on my camera").click()

    expect(page.get_by_text("2 faces: ask others to leave the picture")).to_be_visible()
    expect(page.get_by_text("Light is good")).to_be_visible()
    expect(page.get_by_role("button", name="Start the exam anyway")).to_be_enabled()
    assert meeting.get_flags().json()["flags"] == []
    assert states(meeting) == ["offline"]


def test_good_camera_setup_passes_the_check(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    join_meeting(page)
    page.get_by_role("button", name="Turn on my camera").click()

    for words in ("One face, that's you", "Light is good", "Distance is good", "Answer in"):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Start the exam", exact=True)).to_be_visible()


PLACES_OF_THE_START = """
() => {
  window.places = new Set()
  const look = () => {
    for (const button of document.querySelectorAll("button")) {
      if (!button.textContent.startsWith("Start the exam")) continue
      window.places.add(Math.round(button.getBoundingClientRect().top + window.scrollY))
    }
    requestAnimationFrame(look)
  }
  look()
}
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_start_keeps_its_place_during_the_check(open_browser: OpenBrowser, meeting: Exam, width: int) -> None:
    page = open_meeting(open_browser([ONE, NOBODY], seconds=4), meeting)
    page.set_viewport_size({"width": width, "height": 800})
    join_meeting(page)
    page.evaluate(PLACES_OF_THE_START)
    page.get_by_role("button", name="Turn on my camera").click()

    for words in ("One face, that's you", "No face yet", "One face, that's you"):
        expect(page.get_by_text(words)).to_be_visible()

    assert len(page.evaluate("[...window.places]")) == 1


def test_reload_continues_as_the_same_participant(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([TWO]), meeting)
    start_exam(page)
    expect(page.get_by_role("heading", name="We can see more than one person")).to_be_visible()

    page.reload()

    expect(page.get_by_role("heading", name="We can see more than one person")).to_be_visible()
    page.get_by_text("Warnings and messages").click()
    expect(page.get_by_role("group").get_by_role("listitem")).to_have_count(1)
    assert len(states(meeting)) == 1


TWO_CAMERAS = """
const media = navigator.mediaDevices
const ask = media.getUserMedia.bind(media)
const list = media.enumerateDevices.bind(media)
media.getUserMedia = async ({ video: { deviceId, ...video } }) => {
  const stream = await ask({ video: deviceId?.exact === "second" ? video : { ...video, deviceId } })
  if (deviceId?.exact === "second") {
    for (const track of stream.getVideoTracks()) track.getSettings = () => ({ deviceId: "second" })
  }
  return stream
}
media.enumerateDevices = async () =>
  [...(await list()), { kind: "videoinput", deviceId: "second", label: "The second" }]
"""


def test_chosen_camera_is_reused_after_retry_and_reload(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    browser.add_init_script(TWO_CAMERAS)
    page = open_meeting(browser, meeting)
    start_exam(page)
    choice = page.get_by_role("combobox")
    choice.select_option(label="The second")
    expect(page.get_by_text("all good").first).to_be_visible()
    expect(choice).to_have_value("second")

    page.locator("video").evaluate(
        """video => {
            const [track] = video.srcObject.getVideoTracks();
            track.stop();
            track.dispatchEvent(new Event('ended'));
        }"""
    )
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("video")).to_be_visible()
    expect(choice).to_have_value("second")

    page.reload()
    expect(page.locator("video")).to_be_visible()
    expect(choice).to_have_value("second")


def test_unplugged_camera_is_replaced_by_another(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    page.evaluate(
        """id => {
            const key = `proctor.seat.${id}`
            const session = JSON.parse(sessionStorage.getItem(key))
            addEventListener("pagehide", () =>
                sessionStorage.setItem(key, JSON.stringify({ ...session, cameraId: "unplugged" })))
        }""",
        meeting.id,
    )

    page.reload()

    expect(page.get_by_text("all good").first).to_be_visible()


def test_frames_continue_while_page_timers_sleep(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([TWO]), meeting)
    start_exam(page)
    expect(page.get_by_role("heading", name="We can see more than one person")).to_be_visible()
    before = len(meeting.get_flags().json()["flags"])

    # Stands for a tab in the background; Playwright keeps all tabs awake.
    page.evaluate(
        "() => { window.setTimeout = window.setInterval = window.requestAnimationFrame = () => 0; }"
    )

    wait_until(lambda: len(meeting.get_flags().json()["flags"]) > before + 3, "the page keeps sending")


def test_finishing_turns_camera_off_and_shows_summary(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE]), meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    video = page.locator("video").element_handle()
    assert video
    track = video.evaluate_handle("video => video.srcObject.getVideoTracks()[0]")

    finish_exam(page)

    expect(page.get_by_role("heading", name="You have finished")).to_be_visible()
    expect(page.get_by_text("Your camera is off")).to_be_visible()
    expect(page.get_by_text("Pictures checked")).to_be_visible()
    assert track.evaluate("track => track.readyState") == "ended"
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    wait_until(lambda: states(meeting) == ["left"], "the state is left")
    assert meeting.get_people()[0]["finished_at"]

    page.get_by_role("button", name="Reopen the exam").click()
    page.get_by_role("dialog").get_by_role("button", name="Reopen the exam").click()
    expect(page.get_by_text("all good").first).to_be_visible()
    assert len(meeting.get_people()) == 1


def test_closed_tab_is_continued_only_after_a_question(open_browser: OpenBrowser, meeting: Exam) -> None:
    browser = open_browser([ONE])
    page = open_meeting(browser, meeting)
    start_exam(page)
    expect(page.get_by_text("all good").first).to_be_visible()
    page.get_by_role("button", name="Leave for now").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave for now").click()
    expect(page.get_by_role("heading", name="You are away")).to_be_visible()
    assert meeting.get_people()[0]["finished_at"] is None
    page.close()

    page = open_meeting(browser, meeting)
    expect(page.get_by_role("heading", name="Continue as Ada?")).to_be_visible()
    page.get_by_role("button", name="Yes, continue").click()
    expect(page.get_by_text("all good").first).to_be_visible()
    assert len(meeting.get_people()) == 1
    page.close()

    page = open_meeting(browser, meeting)
    expect(page.get_by_role("button", name="I am the invigilator")).to_be_visible()
    page.get_by_role("button", name="I'm somebody else").click()
    expect(page.get_by_label("Your name")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Your name")).to_be_visible()


def test_exams_link_and_time_left_are_shown(open_browser: OpenBrowser, meeting: Exam) -> None:
    ends_at = datetime.now(UTC) + timedelta(hours=2)
    exam = {"exam_url": "https://lms.example.org/7", "ends_at": ends_at.isoformat()}
    meeting.client.patch(f"/meetings/{meeting.id}", json=exam, headers=bearer(meeting.admin_key))
    browser = open_browser([ONE])
    # An hour fast; the time left is the server's all the same.
    browser.add_init_script("const real = Date.now; Date.now = () => real() + 3_600_000")
    page = open_meeting(browser, meeting)
    start_exam(page)

    expect(page.get_by_role("link", name="Open the exam")).to_have_attribute("href", exam["exam_url"])
    expect(page.get_by_text(re.compile(r"^1 h 59 min left$|^1 h 5\d min left$"))).to_be_visible()
