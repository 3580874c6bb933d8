"""Reading and changing a meeting's rules on the admin page."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenBrowser
from tests.support.admin_page import invigilate
from tests.support.exam import TWO_FACES, Exam, bearer


def rules_of(meeting: Exam) -> dict[str, float]:
    """Return the rules as the gateway reports them, with this stack's defaults."""
    answer = meeting.client.get(f"/meetings/{meeting.id}/rules", headers=bearer(meeting.admin_key)).json()
    return dict(answer)


@pytest.fixture
def dialog(open_browser: OpenBrowser, meeting: Exam) -> Locator:
    """The open rules dialog."""
    page = invigilate(open_browser(), meeting)
    page.get_by_role("button", name="Rules").click()
    dialog = page.get_by_role("dialog", name="Rules")
    dialog.get_by_text("Advanced: the numbers").click()
    expect(dialog.get_by_label("People who may be seen")).to_have_value("1")
    return dialog


def test_level_is_previewed_and_saved(open_browser: OpenBrowser, meeting: Exam) -> None:
    meeting.join().judge_frame(TWO_FACES)
    page = invigilate(open_browser(), meeting)
    page.get_by_role("button", name="Rules").click()
    dialog = page.get_by_role("dialog", name="Rules")
    people = dialog.get_by_role("group", name="More people in the picture")
    expect(people.get_by_role("radio", name="Usual")).to_be_checked()
    last_hour = dialog.get_by_role("status", name="The last hour with these rules")
    expect(last_hour).to_contain_text("1 flag in the last hour.")

    people.get_by_role("radio", name="Low").check()
    expect(last_hour).to_contain_text("it would have been 0 instead of 1.")
    dialog.get_by_role("button", name="Save").click()

    expect(dialog.get_by_text("Saved.")).to_be_visible()
    assert rules_of(meeting)["faces_allowed"] == 2
    expect(people.get_by_role("radio", name="Low")).to_be_checked()


def test_rule_can_be_changed_and_reset_to_its_default(dialog: Locator, meeting: Exam) -> None:
    faces = dialog.get_by_label("People who may be seen")
    seconds = dialog.get_by_label("Seconds without anybody")
    expect(faces).to_have_accessible_description(re.compile("Default: 1"))
    defaults = rules_of(meeting)

    faces.fill("2")
    seconds.fill("30")
    seconds.press("Enter")
    expect(dialog.get_by_text("Saved.")).to_be_visible()
    assert rules_of(meeting) == defaults | {"faces_allowed": 2, "no_face_seconds": 30}

    faces.fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(faces).to_have_value("1")
    assert rules_of(meeting) == defaults | {"no_face_seconds": 30}


def test_looking_for_second_persons_can_be_switched_off(dialog: Locator, meeting: Exam) -> None:
    choice = dialog.get_by_label("Look for people without a visible face")
    defaults = rules_of(meeting)

    for answer, second_person in (("no", False), ("yes", True)):
        choice.select_option(answer)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_text("Saved.")).to_be_visible()
        assert rules_of(meeting) == defaults | {"second_person": second_person}


def test_saving_keeps_rules_changed_by_another_invigilator(dialog: Locator, meeting: Exam) -> None:
    path, admin = f"/meetings/{meeting.id}/rules", bearer(meeting.admin_key)
    meeting.client.patch(path, json={"no_face_seconds": 30}, headers=admin).raise_for_status()

    dialog.get_by_label("People who may be seen").fill("2")
    dialog.get_by_role("button", name="Save").click()

    expect(dialog.get_by_label("Seconds without anybody")).to_have_value("30")
    assert (rules_of(meeting)["faces_allowed"], rules_of(meeting)["no_face_seconds"]) == (2, 30)


def test_invalid_rule_is_explained_at_its_field(dialog: Locator, meeting: Exam) -> None:
    defaults = rules_of(meeting)
    faces, score = dialog.get_by_label("People who may be seen"), dialog.get_by_label("Score of a face")
    faces.fill("1.5")
    score.fill("0.1")

    dialog.get_by_role("button", name="Save").click()

    expect(faces).to_have_accessible_description(re.compile("Must be a whole number."))
    expect(score).to_have_accessible_description(re.compile("Must be at least 0.3."))
    expect(faces).to_be_focused()
    expect(dialog.get_by_label("Seconds without anybody")).not_to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_text("Saved.")).to_have_count(0)
    assert rules_of(meeting) == defaults


def test_unsaved_rules_stay_in_the_form(dialog: Locator, meeting: Exam) -> None:
    faces = dialog.get_by_label("People who may be seen")
    save = dialog.get_by_role("button", name="Save")
    dialog.page.route("**/rules", lambda route: route.abort("connectionrefused"))
    faces.fill("2")
    save.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("The server can't be reached")
    expect(save).to_be_focused()
    expect(faces).to_have_value("2")

    dialog.page.unroute("**/rules")
    save.press("Enter")
    expect(dialog.get_by_text("Saved.")).to_be_visible()
    assert rules_of(meeting)["faces_allowed"] == 2
