"""Reviewing flags: with other reviewers, by keyboard, zoomed, and without opening evidence by accident."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, Route, ViewportSize, expect

from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import flag_row, flag_rows, invigilate, show_flagged
from tests.support.exam import TWO_FACES, Exam, bearer
from tests.support.long_list import FLAGS, PAGE, fill_list, shorten_pages
from tests.support.waiting import wait_until

ZOOMED: ViewportSize = {"width": 640, "height": 360}
"""A window of 1280 x 720 at 200 %."""


@pytest.fixture
def flagged(meeting: Exam) -> Exam:
    """A meeting with two flags of Ada."""
    candidate = meeting.join("Ada")
    for _ in range(2):
        assert candidate.judge_frame(TWO_FACES)["status"] == "done"
    return meeting


def open_flag(page: Page, index: int = 0) -> Locator:
    flag_rows(page).nth(index).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def reviews(meeting: Exam) -> list[str]:
    return [flag["review"] for flag in meeting.get_flags().json()["flags"]]


def decide(meeting: Exam, index: int, decision: str) -> None:
    """Decide about a flag as another invigilator."""
    flag = meeting.get_flags().json()["flags"][index]
    address = f"/meetings/{meeting.id}/flags/{flag['id']}/review"
    answer = meeting.client.post(address, json={"decision": decision}, headers=bearer(meeting.admin_key))
    assert answer.is_success


def test_two_confirmations_do_not_cancel_each_other(open_browser: OpenBrowser, flagged: Exam) -> None:
    page = invigilate(open_browser(), flagged)
    dialog = open_flag(page)
    decide(flagged, 0, "confirmed")
    expect(dialog.get_by_role("status")).to_have_text("Confirmed")

    for _ in range(2):
        with page.expect_response("**/review"):
            page.keyboard.press("c")
        assert reviews(flagged)[0] == "confirmed"

    dialog.get_by_role("button", name="Undo “Confirmed”").click()
    expect(dialog.get_by_role("status")).to_have_text("To review")
    assert reviews(flagged)[0] == "open"


def test_review_that_fails_after_a_step_is_reported(open_browser: OpenBrowser, flagged: Exam) -> None:
    page = invigilate(open_browser(), flagged)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/review", hold)
    dialog = open_flag(page)

    with page.expect_request("**/review"):
        page.keyboard.press("c")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("button", name="Older")).to_have_attribute("aria-disabled", "true")
    held[0].fulfill(status=500, content_type="application/problem+json", body='{"detail": "it went wrong"}')

    expect(dialog.get_by_role("alert")).to_contain_text("It went wrong")


def test_conflicting_decision_is_reported(open_browser: OpenBrowser, flagged: Exam) -> None:
    page = invigilate(open_browser(), flagged)
    expect(flag_rows(page)).to_have_count(2)
    # From here on this page sees no changes by others.
    page.route("**/flags?*", lambda route: route.abort())
    dialog = open_flag(page)
    decide(flagged, 0, "dismissed")

    page.keyboard.press("c")

    expect(dialog.get_by_role("alert")).to_contain_text("Another invigilator has dismissed this flag")
    expect(dialog.get_by_role("status")).to_have_text("Dismissed")
    assert reviews(flagged)[0] == "dismissed"
    page.keyboard.press("c")
    expect(dialog.get_by_role("status")).to_have_text("Confirmed")
    expect(dialog.get_by_role("alert")).to_have_count(0)


@pytest.fixture
def long_list(pages: Stack, meeting: Exam) -> Exam:
    fill_list(pages, meeting)
    return meeting


def test_viewer_continues_to_older_pages(open_browser: OpenBrowser, long_list: Exam) -> None:
    page = invigilate(shorten_pages(open_browser()), long_list)
    expect(page.get_by_text(f"The newest {PAGE},")).to_be_visible()
    dialog = open_flag(page)
    shown = dialog.locator("time")
    seen = [shown.get_attribute("datetime")]

    for _ in range(FLAGS - 1):
        expect(dialog.get_by_role("button", name="Older")).to_have_attribute("aria-disabled", "false")
        page.keyboard.press("j")
        expect(shown).not_to_have_attribute("datetime", str(seen[-1]))
        seen.append(shown.get_attribute("datetime"))

    assert len(set(seen)) == FLAGS
    expect(dialog.get_by_role("button", name="Older")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    expect(flag_row(page, FLAGS - 1)).to_be_focused()


def test_list_continues_to_older_pages_by_keyboard(open_browser: OpenBrowser, long_list: Exam) -> None:
    page = invigilate(shorten_pages(open_browser()), long_list)
    expect(page.get_by_text(f"The newest {PAGE},")).to_be_visible()
    flag_row(page, 0).focus()

    for place in range(1, FLAGS):
        page.keyboard.press("j")
        expect(flag_row(page, place)).to_be_focused()

    expect(page.get_by_text(f"{FLAGS} flags, newest first")).to_be_visible()


def test_listing_flags_loads_no_evidence(open_browser: OpenBrowser, flagged: Exam) -> None:
    requested: list[str] = []

    def note(request: Request) -> None:
        requested.append(request.url)

    browser = open_browser()
    browser.on("request", note)
    page = invigilate(browser, flagged)
    row = flag_rows(page).locator("img").first
    expect(row).to_have_js_property("complete", value=True)
    assert 0 < row.evaluate("image => image.naturalWidth") <= 160
    assert not [url for url in requested if "/evidence/" in url]
    assert "looked" not in {entry["action"] for entry in flagged.get_audit_log()}

    open_flag(page)

    wait_until(
        lambda: "looked" in {entry["action"] for entry in flagged.get_audit_log()},
        "the opened flag is audited",
    )


def refuse(route: Route) -> None:
    route.fulfill(status=500, content_type="application/problem+json", body='{"detail": "it went wrong"}')


def fail_to_decide(page: Page) -> Locator:
    page.route("**/review", refuse)
    dialog = open_flag(page)
    page.keyboard.press("c")
    expect(dialog.get_by_role("alert")).to_be_visible()
    return dialog


@pytest.mark.parametrize("size", [(1280, 720), (1024, 600), (390, 700), (640, 360)])
def test_error_in_the_viewer_covers_nothing(
    open_browser: OpenBrowser, flagged: Exam, size: tuple[int, int]
) -> None:
    page = invigilate(open_browser(), flagged)
    show_flagged(page, {"width": size[0], "height": size[1]})
    dialog = fail_to_decide(page)

    boxes = dialog.evaluate(
        """dialog => [...dialog.children].map(child => child.getBoundingClientRect())
            .filter(({width, height}) => width && height)
            .map(({x, y, right, bottom}) => [x, y, right, bottom])"""
    )
    for i, (left, top, right, bottom) in enumerate(boxes):
        for x, y, to_x, to_y in boxes[i + 1 :]:
            apart = to_x <= left + 1 or x >= right - 1 or to_y <= top + 1 or y >= bottom - 1
            assert apart, f"{size}: {boxes}"


@pytest.mark.parametrize("prepare", [open_flag, fail_to_decide])
def test_decision_stays_in_view_at_200_percent_zoom(
    open_browser: OpenBrowser, flagged: Exam, prepare: Callable[[Page], Locator]
) -> None:
    page = invigilate(open_browser(), flagged)
    show_flagged(page, ZOOMED)
    dialog = prepare(page)

    expect(dialog.get_by_role("status")).to_be_in_viewport(ratio=1)
    for name in ("Confirm", "Dismiss", "Undo", "Older", "Newer", "Close"):
        expect(dialog.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def test_forced_colours_show_the_pressed_button(open_browser: OpenBrowser, flagged: Exam) -> None:
    page = invigilate(open_browser(), flagged)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    dialog = open_flag(page)
    page.keyboard.press("c")
    pressed = dialog.get_by_role("button", name=re.compile("^Confirm"))
    expect(pressed).to_have_attribute("aria-pressed", "true")

    def background(button: Locator) -> str:
        return str(button.evaluate("button => getComputedStyle(button).backgroundColor"))

    dialog.get_by_role("heading").hover()
    assert background(pressed) != background(dialog.get_by_role("button", name="Dismiss"))
