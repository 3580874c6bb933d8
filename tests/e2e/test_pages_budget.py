"""What the candidate's page costs the candidate."""

import gzip

import httpx
from playwright.sync_api import expect

from tests.e2e.camera import ONE
from tests.e2e.candidate_page import opened, start
from tests.e2e.conftest import OpenBrowser
from tests.room import Room

SCRIPT_BYTES = 150_000


def test_the_scripts_of_the_candidates_page_are_small(open_browser: OpenBrowser, meeting: Room) -> None:
    browser = open_browser([ONE])
    loaded: set[str] = set()
    browser.on("response", lambda response: loaded.add(response.url))
    page = opened(browser, meeting)
    start(page)
    expect(page.get_by_text("all good").first).to_be_visible()

    scripts = {url: httpx.get(url).content for url in loaded if url.endswith(".js")}

    assert any("worker" in url for url in scripts)
    assert not any("Admin" in url for url in scripts)
    size = sum(len(gzip.compress(script)) for script in scripts.values())
    print(f"\n{size / 1000:.0f} kB of script, gzipped")
    assert size <= SCRIPT_BYTES
