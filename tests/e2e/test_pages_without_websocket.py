"""Without a WebSocket, messages arrive with the frames' verdicts."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import OpenBrowser
from tests.e2e.test_pages_messages import send_message
from tests.support.admin_page import invigilate, open_person, people_cards, show_list
from tests.support.candidate_page import open_meeting, start_exam
from tests.support.exam import Exam
from tests.support.fake_camera import ONE


def test_message_arrives_and_is_acknowledged_without_websocket(
    open_browser: OpenBrowser, meeting: Exam
) -> None:
    browser = open_browser([ONE])
    browser.route_web_socket(re.compile(".*/live"), lambda socket: socket.close(code=1011))
    candidate = open_meeting(browser, meeting)
    start_exam(candidate)
    expect(candidate.get_by_text("all good").first).to_be_visible()
    admin = invigilate(open_browser(), meeting)
    show_list(admin)
    expect(people_cards(admin)).to_contain_text("Not reachable live")
    person = open_person(admin, "Ada")
    messages = person.get_by_role("region", name="Messages", exact=True)
    expect(person).to_contain_text("A message is delivered with the next picture")

    send_message(admin, "Message to Ada", "Please look at your screen.")

    message = candidate.get_by_role("alert").filter(has_text="Message from your invigilator")
    expect(message).to_contain_text("Please look at your screen.")
    record = messages.get_by_role("listitem").filter(has_text="Please look at your screen.")
    expect(record).to_contain_text("delivered, not acknowledged yet")

    message.get_by_role("button", name="I have read it").click()

    expect(record).to_contain_text("· acknowledged")
    expect(message).to_have_count(0)


def test_message_received_twice_is_shown_once(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    expect(candidate.get_by_text("all good").first).to_be_visible()
    admin = invigilate(open_browser(), meeting)
    expect(people_cards(admin)).to_contain_text("Ada")
    expect(people_cards(admin)).not_to_contain_text("Not reachable")

    meeting.send_message("Ten minutes left.")

    message = candidate.get_by_role("alert").filter(has_text="Ten minutes left.")
    expect(message).to_be_visible()
    candidate.wait_for_event("response", lambda response: "/jobs/" in response.url)
    candidate.wait_for_event("response", lambda response: "/jobs/" in response.url)
    expect(candidate.get_by_text("Message from your invigilator")).to_have_count(1)
