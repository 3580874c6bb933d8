"""Accessibility of the pages: axe-core, long words on narrow screens, and use by keyboard alone."""

from collections.abc import Callable
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Page, expect

from dev.pages import PACKAGES
from tests.e2e.conftest import OpenBrowser
from tests.support.candidate_page import open_meeting
from tests.support.every_page import EVERY_PAGE, WORD
from tests.support.exam import Exam
from tests.support.fake_camera import TWO

AXE = PACKAGES / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
AXE_OPTIONS: dict[Literal["light", "dark"], dict[str, list[str]]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast"]},  # the schemes differ in nothing else
}
WIDTHS = (1280, 390, 360)

OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter(element => {
    const {overflowX} = getComputedStyle(element);
    // What is in a closed menu has a place, too.
    if (!element.checkVisibility() || element.closest('svg, .unseen, input, select, video')) return false;
    const {left, right, width} = element.getBoundingClientRect();
    if (width && (left < -1 || right > innerWidth + 1)) return true;
    // An open menu lies over the page.
    if (overflowX === 'hidden' || element.matches('details:has(> summary.button)')) return false;
    return element.clientWidth && element.scrollWidth > element.clientWidth + 1;
}).map(element => `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`)"""


def assert_fits(page: Page) -> None:
    """Find nothing that overflows."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"wider than {width} pixels"
        assert page.evaluate(OVERFLOWING) == [], f"at {width} pixels"


def assert_accessible(page: Page) -> None:
    """Run axe-core at each width, and its rule about colours in the dark scheme as well."""
    page.evaluate(AXE.read_text())
    # axe must not measure colours in the middle of a transition.
    page.emulate_media(reduced_motion="reduce")
    for width in (min(WIDTHS), max(WIDTHS)):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, options in AXE_OPTIONS.items():
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("options => axe.run(options)", options)["violations"]
            assert [v for v in found if v["impact"] in SERIOUS] == []


@pytest.mark.parametrize("show", EVERY_PAGE)
def test_every_page_is_accessible_and_wraps_long_words(
    open_browser: OpenBrowser, pages_client: httpx.Client, show: Callable[[Page, Exam], None]
) -> None:
    page = open_browser([TWO]).new_page()
    show(page, Exam.create(pages_client, WORD))
    assert_fits(page)
    assert_accessible(page)


def test_exam_can_be_taken_by_keyboard_alone(open_browser: OpenBrowser, meeting: Exam) -> None:
    page = open_meeting(open_browser([TWO]), meeting)
    keyboard = page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(20):
            keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText || document.activeElement.type") == name:
                return
        pytest.fail(f"Tab does not reach {name}")

    expect(page.get_by_role("checkbox")).to_be_visible()
    tab_to("checkbox")
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.type("Ada")
    keyboard.press("Enter")
    expect(page.get_by_role("button", name="Turn on my camera")).to_be_visible()
    tab_to("Turn on my camera")
    keyboard.press("Enter")
    expect(page.get_by_text("2 faces")).to_be_visible()
    tab_to("Start the exam anyway")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="We can see more than one person")).to_be_visible()
    tab_to("Finish exam")
    keyboard.press("Enter")
    tab_to("Finish exam")
    keyboard.press("Enter")
    expect(page.get_by_text("Your camera is off")).to_be_visible()
