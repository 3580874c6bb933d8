"""The pages when PUBLIC_URL has a path."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dev.stack.stack import Stack
from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import flag_rows, leave_person, open_person
from tests.support.candidate_page import start_exam
from tests.support.fake_camera import TWO
from tests.support.other_gateway import run_other_gateway


@pytest.fixture
def home(pages: Stack, tmp_path: Path) -> Iterator[str]:
    """URL of the home page of another gateway of the same system."""
    with run_other_gateway(pages, tmp_path, "/tools/proctor") as url:
        yield f"{url}/"


def test_exam_works_below_a_path(open_browser: OpenBrowser, home: str) -> None:
    admin = open_browser().new_page()
    requested: list[str] = []
    admin.on("request", lambda request: requested.append(request.url))
    admin.goto(home)
    admin.get_by_label("Title").fill("Botany")
    admin.get_by_role("button", name="Create exam").click()
    link = admin.get_by_label("Candidates' link", exact=True).input_value()
    assert link.startswith(f"{home}meeting/")
    admin.get_by_role("link", name="Open as invigilator").click()
    expect(admin.get_by_role("heading", name="Flagged")).to_be_visible()

    candidate = open_browser([TWO]).new_page()
    candidate.on("request", lambda request: requested.append(request.url))
    candidate.goto(link)
    start_exam(candidate)

    row = flag_rows(admin).first
    expect(row).to_contain_text("Ada")
    row.click()
    dialog = admin.get_by_role("dialog", name="Ada")
    picture = dialog.get_by_role("img", name="Ada, with 2 faces found")
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") == 640
    dialog.get_by_role("button", name="Close").click()
    open_person(admin, "Ada")
    admin.get_by_label("Message to Ada").fill("Are you alone?")
    admin.keyboard.press("Enter")
    expect(candidate.get_by_role("alert").filter(has_text="Are you alone?")).to_be_visible()
    admin.reload()
    expect(admin.get_by_role("heading", name="Ada", level=1)).to_be_visible()
    leave_person(admin)
    admin.get_by_role("button", name="Leave").click()
    admin.get_by_role("link", name="Go to the home page").click()
    expect(admin.get_by_role("heading", name="Botany")).to_be_visible()
    assert admin.url == home
    assert [url for url in requested if not url.startswith((home, "blob:", "data:"))] == []
