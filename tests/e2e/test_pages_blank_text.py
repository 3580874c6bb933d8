"""A blank title or name is explained beside its field, by the page or by the server."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenBrowser
from tests.support.exam import Exam

INVISIBLE = "\u3164\u200b"


@pytest.fixture
def page(open_browser: OpenBrowser) -> Page:
    return open_browser().new_page()


def open_form(page: Page, form: str, meeting: Exam) -> tuple[str, str]:
    """Fill in all but the text; return the field's label and the button's name."""
    if form == "title":
        page.goto("/")
        return "Title", "Create exam"
    page.goto(f"/meeting/{meeting.id}")
    page.get_by_role("checkbox").check()
    return "Your name", "Continue to the camera check"


@pytest.mark.parametrize("form", ["title", "name"])
def test_blank_text_is_explained_beside_its_field(page: Page, meeting: Exam, form: str) -> None:
    label, button = open_form(page, form, meeting)
    field = page.get_by_label(label, exact=True)

    field.fill("   ")
    page.get_by_role("button", name=button).click()
    explanation = {"title": "Enter a title.", "name": "Enter your name."}[form]
    expect(field).to_have_accessible_description(explanation)
    expect(field).to_be_focused()

    field.fill(INVISIBLE)
    expect(field).to_have_accessible_description("")
    page.get_by_role("button", name=button).click()
    expect(field).to_have_accessible_description("Must have at least one visible character.")
    expect(page.get_by_role("alert")).to_have_count(0)
