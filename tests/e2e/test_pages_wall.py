"""The wall of 300 people: how many fit, and that nobody moves under the pointer."""

from collections import Counter
from uuid import UUID

from playwright.sync_api import Page, expect
from redis import Redis

from dev.load.room import Room
from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.presence.last_seen import FrameState
from shared.settings import Settings
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import invigilate
from tests.support.exam import Exam
from tests.support.ws_client import authenticated_connection

PEOPLE = 300
POLL_MS = 2_500
POLLS = 12
"""30 seconds of the page's time."""

VISIBLE = """() => {
    const tiles = [...document.querySelectorAll("[data-person]")];
    const wall = tiles[0].closest("ul").parentElement.parentElement.getBoundingClientRect();
    const bottom = Math.min(wall.bottom, window.innerHeight);
    return tiles
        .filter(tile => tile.getBoundingClientRect().top >= wall.top)
        .filter(tile => tile.getBoundingClientRect().bottom <= bottom)
        .map(tile => tile.dataset.person);
}"""
PLACES = """() => Object.fromEntries(
    [...document.querySelectorAll("[aria-label='People'] :is(a, button, select, input)")].map(
        (element, place) =>
            [element.dataset.person ?? place, JSON.stringify(element.getBoundingClientRect())]))"""


def test_nobody_moves_under_the_pointer(open_browser: OpenBrowser, pages: Stack, meeting: Exam) -> None:
    database = connect(Settings(database_url=pages.database_url), pool_size=1)
    browser = open_browser()
    browser.clock.install()
    with Redis.from_url(pages.redis_url) as redis:
        room = Room(database, redis, UUID(meeting.id), PEOPLE)
        room.judge(FrameState.VERIFIED)
        page = invigilate(browser, meeting)
        room.judge(FrameState.VERIFIED)  # on a busy machine the page may have taken minutes to open
        page.set_viewport_size({"width": 1920, "height": 1080})
        expect(page.get_by_role("button", name=f"In view {PEOPLE}")).to_be_visible()
        assert count_visible(page) >= 100
        page.set_viewport_size({"width": 1280, "height": 800})
        assert count_visible(page) >= 40
        pictures = note_pictures(page)

        tile = page.locator("[data-person]").nth(15)
        tile.hover()
        before = page.evaluate(PLACES)
        with authenticated_connection(meeting.client, meeting.id, meeting.admin_key) as sam:
            looking = {"type": "looking", "participant_id": tile.get_attribute("data-person"), "name": "Sam"}
            sam.send(looking)
            expect(tile).to_contain_text("Sam is looking at this")
            assert page.evaluate(PLACES) == before
        expect(tile).not_to_contain_text("Sam")
        for _ in range(POLLS):
            room.judge()
            with page.expect_response("**/people"):
                page.clock.fast_forward(POLL_MS)
            assert page.evaluate(PLACES) == before
        database.dispose()

    assert max(pictures.values()) == 1
    visible = page.evaluate("() => document.querySelectorAll('[data-person] img').length")
    assert len(pictures) <= visible * (POLLS + 1)
    # Everyone gets their place at once when they are no longer pointed at.
    expect(page.get_by_role("button", name="more need attention")).to_be_enabled()
    page.mouse.move(1, 1)
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    assert page.evaluate(PLACES) != before


def count_visible(page: Page) -> int:
    """Return how many people are fully visible without scrolling."""
    return len(page.evaluate(VISIBLE))


def note_pictures(page: Page) -> Counter[str]:
    """Count requests of each picture from now on."""
    requested: Counter[str] = Counter()
    page.on("request", lambda request: requested.update([request.url] * ("/thumbnails/" in request.url)))
    return requested
