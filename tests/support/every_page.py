"""The way to every page and dialog, where every name and text is one long word."""

from playwright.sync_api import Page, expect

from tests.support.admin_page import flag_rows, person_link, watch_live
from tests.support.candidate_page import join_meeting, start_exam
from tests.support.exam import TWO_FACES, Exam, bearer

WORD = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft"
"""Too long for a line on a phone."""


def home(page: Page, _: Exam) -> None:
    page.goto("/")
    page.get_by_label("Title").fill(WORD)
    page.get_by_role("button", name="Create exam").click()
    expect(page.get_by_role("heading", name=WORD)).to_be_visible()
    page.get_by_text("Use another device").click()
    page.get_by_text("Remove from this browser").click()


def consent(page: Page, meeting: Exam) -> None:
    page.goto(f"/meeting/{meeting.id}")
    expect(page.get_by_role("checkbox")).to_be_visible()


def check(page: Page, meeting: Exam) -> None:
    consent(page, meeting)
    join_meeting(page, WORD)
    page.get_by_role("button", name="Turn on my camera").click()
    expect(page.get_by_text("2 faces")).to_be_visible()


def exam(page: Page, meeting: Exam) -> None:
    where_and_when = {"exam_url": f"https://{WORD}.example.org/", "ends_at": "2030-01-01T12:00:00Z"}
    meeting.client.patch(f"/meetings/{meeting.id}", json=where_and_when, headers=bearer(meeting.admin_key))
    consent(page, meeting)
    start_exam(page, WORD)
    expect(page.get_by_role("heading", name="We can see more than one person")).to_be_visible()
    meeting.send_message(f"{WORD}?")
    expect(page.get_by_text(f"{WORD}?").first).to_be_visible()
    page.get_by_text("Warnings and messages").click()


def no_camera(page: Page, meeting: Exam) -> None:
    page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error())")
    consent(page, meeting)
    join_meeting(page, WORD)
    page.get_by_role("button", name="Turn on my camera").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def seat_question(page: Page, meeting: Exam) -> None:
    consent(page, meeting)
    join_meeting(page, WORD)
    expect(page.get_by_role("button", name="Turn on my camera")).to_be_visible()
    page.evaluate("sessionStorage.clear()")  # as if in a new tab
    page.reload()
    expect(page.get_by_role("button", name="I'm somebody else")).to_be_visible()


def away(page: Page, meeting: Exam) -> None:
    consent(page, meeting)
    start_exam(page, WORD)
    page.get_by_role("button", name="Leave for now").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave for now").click()
    expect(page.get_by_role("heading", name="You are away")).to_be_visible()


def leaving(page: Page, meeting: Exam) -> None:
    consent(page, meeting)
    start_exam(page, WORD)
    page.get_by_role("button", name="Finish exam").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def key_form(page: Page, meeting: Exam) -> None:
    page.goto(f"/meeting/{meeting.id}#invigilator")
    expect(page.get_by_label("Invigilator key")).to_be_visible()


def flags(page: Page, meeting: Exam) -> None:
    candidate = meeting.join(WORD)
    candidate.judge_frame(TWO_FACES)
    key_form(page, meeting)
    page.get_by_label("Invigilator key").fill(meeting.admin_key)
    page.get_by_role("button", name="Open as invigilator").click()
    expect(flag_rows(page)).to_have_count(1)
    page.get_by_label("Candidate", exact=True).select_option(index=1)


def people(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("button", name="People").click()
    expect(person_link(page, WORD)).to_be_visible()


def invitation(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    page.get_by_text("Invite", exact=True).click()
    expect(page.get_by_label("Candidates' link", exact=True)).to_be_visible()


def viewer(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    flag_rows(page).click()
    expect(page.get_by_role("dialog", name=WORD)).to_be_visible()


def messages(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    meeting.join(WORD[::-1])
    meeting.send_message(WORD)
    page.get_by_role("button", name="Messages").click()
    page.get_by_text("Acknowledged by 0 of 2").click()
    expect(page.get_by_text("not delivered yet").first).to_be_visible()


def rules(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    page.get_by_role("button", name="Rules").click()
    page.get_by_text("Advanced: the numbers").click()
    page.get_by_label("People who may be seen").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Must be at least 1")).to_be_visible()


def person(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    meeting.send_message(WORD)
    watch_live(page, WORD)
    expect(page.get_by_text("No picture arrived")).to_be_visible()
    pictures = page.get_by_role("region", name="Pictures over time")
    expect(pictures.get_by_role("button")).to_have_count(1)
    expect(page.get_by_role("region", name="Events").get_by_text(WORD)).to_be_visible()


def review(page: Page, meeting: Exam) -> None:
    flags(page, meeting)
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_role("link", name=WORD)).to_have_count(2)
    page.keyboard.press("c")
    page.keyboard.press("u")
    page.get_by_text("Details").click()
    expect(page.get_by_role("button", name="Confirm")).to_be_visible()


def erase_question(page: Page, meeting: Exam) -> None:
    person(page, meeting)
    page.get_by_role("button", name="Erase…").click()
    expect(page.get_by_role("dialog", name=f"Erase {WORD}?")).to_be_visible()


def erased(page: Page, meeting: Exam) -> None:
    erase_question(page, meeting)
    page.get_by_role("button", name="Erase permanently").click()
    expect(page.get_by_text(f"{WORD} was erased.")).to_be_visible()


def no_meeting(page: Page, _: Exam) -> None:
    page.goto(f"/meeting/{WORD}")
    expect(page.get_by_role("heading", name="There is no such exam")).to_be_visible()


EVERY_PAGE = (
    *(home, consent, check, no_camera, exam, leaving, away, seat_question, key_form, no_meeting),
    *(flags, people, invitation, viewer, messages, rules, review, person, erase_question, erased),
)
