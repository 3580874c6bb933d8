"""One candidate's record: the timeline, its moments, incidents, messages and the decision."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from dev.pages import build
from shared.db.interruptions import Interruption, InterruptionType, Reporter, record_interruptions
from shared.db.timeline import Minute, write_minutes
from shared.settings import Settings
from shared.verdicts import FlagKind
from tests.e2e.conftest import TIMEOUT_MS
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, bearer
from tests.support.fake_camera import ONE
from tests.support.incidents import FlagRecorder
from tests.support.ws_client import authenticated_connection

START = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=2)
STATES = "v" * 30 + "f" + "v" * 20 + "---" + "nn" + "v" * 40 + "h" * 4 + "v" * 10 + "d" + "f" + "v" * 2
"""Of each minute; the incidents are in minute 30 and near the end."""
GAP, LAST = 51, len(STATES) - 1


@pytest.fixture
def exam(settings: Settings, other_gateway: Callable[[Settings], httpx.Client]) -> Exam:
    """An exam at a gateway that serves the pages; there are no workers, and nobody has a camera."""
    return Exam.create(other_gateway(Settings(**dict(settings) | {"pages_path": build()})))


@pytest.fixture
def candidate(exam: Exam, database: Engine) -> CandidateClient:
    """A candidate who took the exam an hour ago and left; nothing about it is in Redis."""
    candidate = exam.join("Ada Lovelace")
    first = int(START.timestamp()) // 60
    person = UUID(candidate.id)
    write_minutes(
        database,
        [Minute(person, first + at, state, 12, 1) for at, state in enumerate(STATES) if state != "-"],
    )
    gap = START + timedelta(minutes=GAP)
    lost = Interruption(person, InterruptionType.NETWORK, Reporter.PAGE, gap, gap + timedelta(minutes=3))
    record_interruptions(database, [lost])
    flag = FlagRecorder(database, candidate)
    for second in (30 * 60 + 5, 30 * 60 + 15):
        flag(0, taken_at=START + timedelta(seconds=second), thumbnail=TWO_FACES)
    flag(0, FlagKind.TECHNICAL, taken_at=START + timedelta(minutes=len(STATES) - 4), thumbnail=ONE_FACE)
    exam.send_message("Are you alone?", candidate)
    candidate.client.post(f"/meetings/{exam.id}/leave", headers=bearer(candidate.token))
    return candidate


@pytest.fixture
def page(start_browser: Callable[..., Browser], exam: Exam) -> Iterator[Page]:
    expect.set_options(timeout=TIMEOUT_MS)
    browser = start_browser((ONE,), 1, ("--use-fake-ui-for-media-stream",))
    with browser.new_context(base_url=str(exam.client.base_url)) as context:
        yield context.new_page()


def open_record(page: Page, exam: Exam, candidate: CandidateClient, query: str = "") -> None:
    page.goto(f"/meeting/{exam.id}/people/{candidate.id}{query}")
    page.get_by_label("Invigilator key").fill(exam.admin_key)
    page.get_by_role("button", name="Open as invigilator").click()
    expect(page.get_by_role("heading", name="Ada Lovelace", level=1)).to_be_focused()


def test_timeline_leads_to_each_moment_by_keys(page: Page, exam: Exam, candidate: CandidateClient) -> None:
    open_record(page, exam, candidate)
    axis = page.get_by_role("slider", name="Minute of the exam")
    expect(axis).to_have_attribute("aria-valuenow", "30")
    expect(axis).to_have_attribute("aria-valuetext", re.compile("Flagged: 12 pictures, at most 1 face"))
    moment = page.get_by_role("region", name=re.compile(r"\d:\d\d"))
    expect(moment.get_by_role("button", name="Enlarge")).to_have_count(2)

    axis.press(".")
    expect(axis).to_have_attribute("aria-valuenow", str(GAP))
    expect(moment).to_contain_text("Gap: connection lost, says the candidate's page")
    axis.press("ArrowLeft")
    axis.press("+")
    axis.press("+")
    expect(moment).to_contain_text("In view: 12 pictures")

    at = (START + timedelta(minutes=GAP - 1)).strftime("%Y-%m-%dT%H%%3A%MZ")
    page.wait_for_url(f"**/people/{candidate.id}?at={at}&zoom=4")
    page.reload()
    expect(axis).to_have_attribute("aria-valuenow", str(GAP - 1))
    page.get_by_text("Minutes as a table").click()
    gap = page.get_by_role("row").filter(has_text="connection lost")
    expect(gap.get_by_role("cell").first).to_have_text("3")
    events = page.get_by_role("region", name="Events").get_by_role("button")
    events.filter(has_text="No usable picture").click()
    expect(axis).to_have_attribute("aria-valuenow", str(len(STATES) - 4))


def test_attempt_is_reviewed_and_decided(page: Page, exam: Exam, candidate: CandidateClient) -> None:
    open_record(page, exam, candidate)
    incidents = page.get_by_role("region", name="Incidents").get_by_role("listitem")
    incidents.nth(0).get_by_role("button", name="Confirm").click()
    expect(incidents.nth(0)).to_contain_text("Confirmed")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "30")

    decide(page, "Violation", "Grace")
    expect(page.get_by_text("Waits for a second reader")).to_be_visible()
    decide(page, "Violation", "Katherine")
    expect(page.get_by_text("Decided: Violation")).to_be_visible()
    page.get_by_text("Reopen", exact=True).click()
    page.get_by_label("Why it is decided again").fill("The candidate appealed.")
    page.get_by_role("button", name="Reopen the decision").click()
    expect(page.get_by_text("Not decided")).to_be_visible()
    expect(page.get_by_role("list", name="Decisions so far").get_by_role("listitem")).to_have_count(3)


def decide(page: Page, outcome: str, reader: str) -> None:
    form = page.get_by_role("form", name="Decide")
    form.get_by_role("radio", name=outcome).check()
    form.get_by_label("Reason").select_option(index=1)
    form.get_by_label("Your name").fill(reader)
    form.get_by_label("Your e-mail address").fill(f"{reader}@example.org")
    form.get_by_role("button", name="Record decision").click()


def test_next_person_is_reached_by_a_key_and_gets_a_break(
    page: Page, exam: Exam, candidate: CandidateClient
) -> None:
    exam.join("Zoe")
    open_record(page, exam, candidate)
    expect(page.get_by_role("link", name="Next")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Zoe", level=1)).to_be_focused()
    expect(page.get_by_text("No picture of this candidate has been checked so far.")).to_be_visible()
    page.get_by_role("button", name="Break…").click()
    page.get_by_label("Minutes from now").fill("15")
    page.get_by_role("button", name="Give a break").click()
    expect(page.get_by_role("status").filter(has_text="Break until")).to_be_visible()
    expect(page.get_by_text("On break")).to_be_visible()
    events = page.get_by_role("region", name="Events")
    expect(events).to_contain_text("You have a break of 15 minutes")
    page.get_by_role("button", name="End the break").click()
    expect(page.get_by_text("There is no break now.")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Ada Lovelace", level=1)).to_be_focused()
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as sam:
        sam.send({"type": "looking", "participant_id": candidate.id, "name": "Sam"})
        expect(page.get_by_text("Sam is looking at this")).to_be_visible()
    expect(page.get_by_text("Sam is looking at this")).to_have_count(0)
    page.goto(f"/meeting/{exam.id}/people/mistyped")
    expect(page.get_by_role("heading", name="There is no such candidate in this exam")).to_be_visible()
    page.goto(f"/meeting/{exam.id}/people/{exam.id}")
    expect(page.get_by_role("heading", name="There is no such candidate in this exam")).to_be_visible()
