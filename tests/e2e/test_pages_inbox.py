"""The inbox: reviewing by keyboard, with other reviewers, and alerts to new incidents."""

import pytest
from playwright.sync_api import Page, expect

from dev.stack.stack import Stack
from shared.verdicts import FlagKind
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import invigilate
from tests.support.exam import Exam
from tests.support.inbox import add_incidents, fill_inbox, incident_rows, open_inbox, selected_row
from tests.support.incidents import get_incidents, review_incident

INCIDENTS = 112

WATCH_FOCUS = """() => {
    window.stolen = [];
    let byKey = false;
    addEventListener('keydown', () => { byKey = true; setTimeout(() => { byKey = false; }); }, true);
    for (const type of ['focusin', 'focusout']) {
        addEventListener(type, ({target}) => byKey || window.stolen.push(`${type} ${target.outerHTML}`));
    }
}"""
"""Note each change of the focus that no key has caused."""


def test_many_incidents_are_reviewed_with_a_key_each(
    open_browser: OpenBrowser, pages: Stack, meeting: Exam
) -> None:
    fill_inbox(pages, meeting, INCIDENTS)
    page = open_inbox(open_browser(), meeting)
    expect(page.get_by_text(f"{INCIDENTS} incidents, the worst first")).to_be_visible()
    expect(selected_row(page)).to_contain_text("More than one person")
    page.keyboard.press("k")
    expect(selected_row(page)).to_be_focused()
    page.evaluate(WATCH_FOCUS)

    for number in range(INCIDENTS):
        place = page.locator(f"[aria-posinset='{number + 1}'] button")
        expect(place).to_be_focused()
        page.keyboard.press("d" if number % 3 else "c")

    expect(page.get_by_text(f"{INCIDENTS} of {INCIDENTS} reviewed")).to_be_visible()
    assert page.evaluate("window.stolen") == []
    assert incident_rows(page).count() < INCIDENTS / 2
    reviewed = get_incidents(meeting, order="worst", limit=200)["incidents"]
    assert [one["review"] for one in reviewed] == [
        "dismissed" if number % 3 else "confirmed" for number in range(INCIDENTS)
    ]
    expect(page).to_have_title(f"Review · {get_title(meeting)}")


def get_title(meeting: Exam) -> str:
    return str(meeting.client.get(f"/meetings/{meeting.id}").json()["title"])


@pytest.fixture
def inbox(open_browser: OpenBrowser, pages: Stack, meeting: Exam) -> Page:
    """The inbox with four incidents, opened by Alan."""
    fill_inbox(pages, meeting, 4, ("Ada", "Grace"))
    page = open_inbox(open_browser(), meeting)
    page.get_by_label("Your name").fill("Alan")
    page.get_by_role("heading", name="Review").click()
    expect(incident_rows(page)).to_have_count(4)
    return page


def ids(meeting: Exam) -> list[int]:
    return [one["id"] for one in get_incidents(meeting, order="worst")["incidents"]]


def test_decision_is_undone_with_a_key(inbox: Page, meeting: Exam) -> None:
    inbox.keyboard.press("c")
    expect(inbox.get_by_role("button", name="Undo").last).to_contain_text("s")
    expect(inbox.get_by_text("1 of 4 reviewed")).to_be_visible()
    [decided] = get_incidents(meeting, review="confirmed")["incidents"]
    assert decided["reviewer"] == "Alan"

    inbox.keyboard.press("u")

    expect(inbox.get_by_text("0 of 4 reviewed")).to_be_visible()
    expect(incident_rows(inbox).first).to_be_focused()
    expect(incident_rows(inbox).first).to_contain_text("To review")


def test_reviewers_see_each_other_and_overwrite_nothing(inbox: Page, meeting: Exam) -> None:
    first, second, *_ = ids(meeting)
    review_incident(meeting, second, "dismissed", reviewer="Grace", reason="A poster")
    # Without any action here: it is polled every two seconds.
    expect(incident_rows(inbox).nth(1)).to_contain_text("Dismissed")

    # From here on this page sees nothing of what others decide.
    inbox.route("**/inbox", lambda route: route.abort())
    review_incident(meeting, first, "dismissed", reviewer="Grace", reason="A mirror")
    inbox.keyboard.press("c")

    problem = inbox.get_by_role("alert").filter(has_text="not recorded")
    expect(problem).to_contain_text("Grace has dismissed this incident")
    problem.get_by_role("button", name="Show").click()
    expect(inbox.get_by_text("by Grace: A mirror")).to_be_visible()
    assert {one["reviewer"] for one in get_incidents(meeting, review="dismissed")["incidents"]} == {"Grace"}
    # Having seen it, they may decide otherwise.
    inbox.keyboard.press("c")
    expect(incident_rows(inbox).first).to_contain_text("Confirmed")
    expect(problem).to_have_count(0)


def test_expired_link_to_a_picture_is_renewed(inbox: Page, meeting: Exam) -> None:
    last = ids(meeting)[-1]
    inbox.route("**/thumbnails/flags/**", lambda route: route.fulfill(status=401))
    with inbox.expect_response(f"**/incidents/{last}?*"):
        inbox.reload()


def test_view_is_in_the_url(inbox: Page, meeting: Exam) -> None:
    inbox.get_by_label("Kind").select_option(label="Nobody in the picture")
    inbox.get_by_label("Candidate's name").fill("gra")
    inbox.get_by_label("State").select_option(label="Any state")
    # A name takes effect a moment after it is typed, and then nothing is selected.
    inbox.wait_for_url("**name=gra*")
    expect(incident_rows(inbox)).to_have_count(1)
    inbox.get_by_role("button", name="Reload").focus()
    inbox.keyboard.press("k")
    inbox.wait_for_url("**/review?*incident=*")

    inbox.reload()

    expect(incident_rows(inbox)).to_have_count(1)
    expect(inbox.get_by_label("Candidate's name")).to_have_value("gra")
    expect(selected_row(inbox)).to_contain_text("Nobody in the picture")
    inbox.get_by_role("link", name="Grace").click()
    [grace] = get_incidents(meeting, name="Grace", kind="no_face")["incidents"]
    inbox.wait_for_url(f"**/meeting/{meeting.id}/people/{grace['participant_id']}*")


def test_new_incidents_alert_once_for_each_candidate(
    open_browser: OpenBrowser, pages: Stack, meeting: Exam
) -> None:
    ada = meeting.join("Ada")
    page = invigilate(open_browser(), meeting)
    expect(page.get_by_role("link", name="Review 0")).to_be_visible()
    page.get_by_text("Alerts", exact=True).click()
    page.get_by_label("Sound").check()

    add_incidents(pages, meeting, ada, [FlagKind.MULTIPLE_FACES, FlagKind.NO_FACE, FlagKind.TECHNICAL])

    expect(page.get_by_role("status").filter(has_text="Ada: ")).to_contain_text("3 to review.")
    expect(page.get_by_text("Alerts (2 held back)")).to_be_visible()
    expect(page.get_by_role("link", name="Review 3")).to_be_visible()
    expect(page).to_have_title(f"(3) Invigilator · {get_title(meeting)}")
    page.reload()
    page.get_by_text("Alerts", exact=True).click()
    expect(page.get_by_label("Sound")).to_be_checked()
