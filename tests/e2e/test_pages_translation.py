"""Pages keep updating while the browser translates them."""

from functools import partial

from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import flag_rows, invigilate, people_cards
from tests.support.browser_translator import translate
from tests.support.candidate_page import open_meeting
from tests.support.exam import TWO_FACES, Exam
from tests.support.fake_camera import NOBODY, ONE, TWO


def test_translated_candidate_page_shows_each_state(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([ONE, TWO, NOBODY], seconds=6), meeting)
    errors = collect_errors(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    translate(page)

    page.get_by_role("checkbox").check()
    page.locator("input[autocomplete=name]").fill("Ada")
    page.locator("button.primary").click()
    page.get_by_role("button", name="Turn on my camera").click()
    page.get_by_role("button", name="Start the exam").click()

    status = page.locator("p[data-tone]")
    for words in ("please read the warning", "all good", "checking once more"):
        expect(status).to_contain_text(words)
    page.locator("video").evaluate(
        """video => {
            const [track] = video.srcObject.getVideoTracks();
            track.stop();
            track.dispatchEvent(new Event('ended'));
        }"""
    )
    expect(status).to_contain_text("Camera is off")
    assert errors == []


def test_translated_invigilator_page_shows_each_state(open_browser: OpenBrowser, meeting: Exam) -> None:
    meeting.join("Ada")
    bob = meeting.join("Bob")
    page = invigilate(open_browser(), meeting)
    errors = collect_errors(page)
    card = people_cards(page).filter(has_text="Ada")
    expect(card).to_be_visible()
    translate(page)

    for state, words in (
        ("verified", "«In view»"),
        ("stale", "«Not seen»"),
        ("dark", "«No usable picture»"),
    ):
        page.route("**/people", partial(show_state, state))
        expect(card.locator("[data-tone]")).to_have_text(words)
    bob.judge_frame(TWO_FACES)
    expect(flag_rows(page)).to_contain_text("Bob")
    flag_rows(page).first.click()
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_contain_text("Confirmed")
    page.keyboard.press("Escape")
    people_cards(page).filter(has_text="Ada").get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text("No picture of this candidate has been checked so far.")
    assert errors == []


def show_state(state: str, route: Route) -> None:
    """Give everyone a fixed state; the server's would change within seconds."""
    answer = route.fetch().json()
    people = [person | {"state": state} for person in answer["people"]]
    route.fulfill(json=answer | {"people": people})


def collect_errors(page: Page) -> list[str]:
    """Return a list that receives the page's script errors from now on."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors
