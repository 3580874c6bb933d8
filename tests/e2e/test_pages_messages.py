"""Messages from the admin page to candidates, with receipts."""

from playwright.sync_api import Page, expect

from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import invigilate, open_person
from tests.support.candidate_page import join_meeting, open_meeting, start_exam
from tests.support.exam import Exam
from tests.support.fake_camera import ONE


def send_message(page: Page, label: str, text: str) -> None:
    """Write a message and send it."""
    page.get_by_label(label).fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_label(label)).to_have_value("")


def test_direct_message_is_shown_acknowledged_and_recorded(open_browser: OpenBrowser, meeting: Exam) -> None:
    meeting.join("Ben")
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    admin = invigilate(open_browser(), meeting)
    messages = open_person(admin, "Ada").get_by_role("region", name="Messages", exact=True)
    expect(messages.get_by_text("No messages yet")).to_be_visible()

    send_message(admin, "Message to Ada", "Please look at your screen.")

    expect(messages.get_by_text("Sent to one candidate")).to_be_visible()
    message = candidate.get_by_role("alert").filter(has_text="Message from your invigilator")
    expect(message).to_contain_text("Please look at your screen.")
    assert candidate.title().startswith("✉")
    record = messages.get_by_role("listitem").filter(has_text="Please look at your screen.")
    expect(record).to_contain_text("delivered, not acknowledged yet")

    message.get_by_role("button", name="I have read it").click()

    expect(record).to_contain_text("· acknowledged")
    expect(message).to_have_count(0)
    candidate.get_by_text("Warnings and messages").click()
    expect(candidate.get_by_role("group").get_by_text("“Please look at your screen.”")).to_be_visible()
    admin.get_by_role("link", name="Next: Ben").click()
    expect(admin.get_by_text("No messages yet")).to_be_visible()


def test_broadcast_reaches_a_candidate_who_returns(open_browser: OpenBrowser, meeting: Exam) -> None:
    meeting.join("Ben")
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    expect(candidate.get_by_text("all good").first).to_be_visible()
    candidate.goto("about:blank")
    admin = invigilate(open_browser(), meeting)
    admin.get_by_role("button", name="Messages").click()
    send_message(admin, "Message to all candidates", "Ten minutes left.")
    record = admin.get_by_role("dialog").get_by_role("listitem")
    expect(record).to_contain_text("to all · delivered to 0 of 2")

    candidate.go_back()

    candidate.get_by_role("button", name="I have read it").click()
    expect(record).to_contain_text("to all · delivered to 1 of 2")
    expect(record).to_contain_text("Acknowledged by 1 of 2")
    candidate.reload()
    expect(candidate.get_by_text("all good").first).to_be_visible()
    expect(candidate.get_by_role("button", name="I have read it")).to_have_count(0)
    candidate.get_by_text("Warnings and messages").click()
    expect(candidate.get_by_text("“Ten minutes left.”")).to_be_visible()


def test_unacknowledged_recipients_are_listed(open_browser: OpenBrowser, meeting: Exam) -> None:
    meeting.join("Ben")
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    admin = invigilate(open_browser(), meeting)
    admin.get_by_role("button", name="Messages").click()
    send_message(admin, "Message to all candidates", "Ten minutes left.")
    dialog = admin.get_by_role("dialog")
    receipts = dialog.get_by_role("group")
    receipts.get_by_text("Acknowledged by 0 of 2").click()
    names = receipts.get_by_role("list", name="Not acknowledged by").get_by_role("listitem")
    expect(names).to_have_text(["Ada #2", "Ben #1 not delivered yet"])

    candidate.get_by_role("button", name="I have read it").click()

    expect(names).to_have_text(["Ben #1 not delivered yet"])
    expect(receipts).to_contain_text("Acknowledged by 1 of 2")
    admin.route("**/unacknowledged", lambda route: route.abort("connectionrefused"))
    receipts.locator("summary").click()
    receipts.locator("summary").click()
    expect(receipts.get_by_role("alert")).to_contain_text("Their names could not be loaded.")


def test_message_reaches_the_camera_check(open_browser: OpenBrowser, meeting: Exam) -> None:
    candidate = open_meeting(open_browser([ONE]), meeting)
    join_meeting(candidate)
    admin = invigilate(open_browser(), meeting)
    open_person(admin, "Ada")

    send_message(admin, "Message to Ada", "Shall I help?")

    expect(candidate.get_by_role("alert")).to_contain_text("Shall I help?")


def test_messages_arrive_after_a_server_restart(
    pages: Stack, open_browser: OpenBrowser, meeting: Exam
) -> None:
    candidate = open_meeting(open_browser([ONE]), meeting)
    start_exam(candidate)
    expect(candidate.get_by_text("all good").first).to_be_visible()
    pages.processes["gateway"].stop()
    pages.processes["gateway"].start()
    admin = invigilate(open_browser(), meeting)
    open_person(admin, "Ada")

    send_message(admin, "Message to Ada", "All is well again.")

    expect(candidate.get_by_role("alert").filter(has_text="All is well again.")).to_be_visible()


def test_unsent_message_is_reported_and_kept(open_browser: OpenBrowser, meeting: Exam) -> None:
    meeting.join("Ada")
    admin = invigilate(open_browser(), meeting)
    person = open_person(admin, "Ada")
    admin.route("**/messages", lambda route: route.abort("connectionrefused"))
    admin.get_by_label("Message to Ada").fill("Hello?")

    person.get_by_role("button", name="Send").click()

    expect(person.get_by_role("alert")).to_contain_text("The server can't be reached")
    expect(admin.get_by_label("Message to Ada")).to_have_value("Hello?")


def test_note_reaches_the_next_invigilator(open_browser: OpenBrowser, meeting: Exam) -> None:
    first = invigilate(open_browser(), meeting)
    first.get_by_role("button", name="Notes 0").click()
    note = first.get_by_role("textbox", name="Note", exact=True)
    note.fill("Back at 10:40.\nWatch #12, lamp behind them.")
    first.get_by_label("Your name").fill("Grace")
    first.route("**/notes", lambda route: route.abort("connectionrefused"))
    first.get_by_role("button", name="Add note").click()
    expect(first.get_by_role("form").get_by_role("alert")).to_contain_text("The server can't be reached")
    expect(note).to_have_value("Back at 10:40.\nWatch #12, lamp behind them.")
    first.unroute("**/notes")
    first.get_by_role("button", name="Add note").click()
    expect(note).to_have_value("")

    second = invigilate(open_browser(), meeting)
    second.get_by_role("button", name="Notes 1").click()

    notes = second.get_by_role("region", name="Notes so far").get_by_role("listitem")
    expect(notes).to_contain_text("Back at 10:40.\nWatch #12, lamp behind them.", use_inner_text=True)
    expect(notes).to_contain_text("Grace")


def test_second_window_takes_over_and_gives_back(open_browser: OpenBrowser, meeting: Exam) -> None:
    first = open_meeting(open_browser([ONE]), meeting)
    start_exam(first)
    expect(first.get_by_text("all good").first).to_be_visible()
    with first.expect_popup() as popup:
        first.evaluate("() => { window.open(location.href) }")
    second = popup.value
    expect(first.get_by_text("open in another window as well")).to_be_visible()
    admin = invigilate(open_browser(), meeting)
    open_person(admin, "Ada")
    send_message(admin, "Message to Ada", "Which window?")
    expect(second.get_by_role("alert").get_by_text("Which window?")).to_be_visible()
    expect(first.get_by_text("Which window?")).to_have_count(0)

    first.get_by_role("button", name="Use this window").click()

    expect(first.get_by_role("alert").get_by_text("Which window?")).to_be_visible()
    expect(second.get_by_text("open in another window as well")).to_be_visible()
