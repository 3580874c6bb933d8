"""An inbox with incidents to review, inserted without frames."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Locator, Page
from sqlalchemy import Connection, insert

from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.db.tables import Evidence, EvidenceStatus, Flag, Incident
from shared.settings import Settings
from shared.verdicts import FlagKind
from tests.support.admin_page import invigilate
from tests.support.exam import TWO_FACES, CandidateClient, Exam
from tests.support.samples import make_findings

KINDS = tuple(FlagKind)


def fill_inbox(pages: Stack, meeting: Exam, incidents: int, names: tuple[str, ...] = ("Ada",)) -> None:
    """Add incidents of these candidates and of all kinds in turn, each with one flag and its picture."""
    people = [UUID(meeting.join(name).id) for name in names]
    database = connect(Settings(database_url=pages.database_url), pool_size=1)
    with database.begin() as connection:
        for number in range(incidents):
            add_incident(
                connection, meeting, people[number % len(people)], KINDS[number % len(KINDS)], number
            )
    database.dispose()


def add_incidents(pages: Stack, meeting: Exam, candidate: CandidateClient, kinds: list[FlagKind]) -> None:
    """Add an incident of each kind, all at once."""
    database = connect(Settings(database_url=pages.database_url), pool_size=1)
    with database.begin() as connection:
        for number, kind in enumerate(kinds):
            add_incident(connection, meeting, UUID(candidate.id), kind, number)
    database.dispose()


def add_incident(
    connection: Connection, meeting: Exam, participant_id: UUID, kind: FlagKind, number: int
) -> None:
    """Add one incident that is the more severe the lower its number, and began the earlier."""
    at = datetime.now(UTC) - timedelta(hours=1, minutes=-number)
    person = {"meeting_id": UUID(meeting.id), "participant_id": participant_id, "kind": kind}
    incident = person | {"started_at": at, "ended_at": at, "flags": 1, "severity": 300_000 - number}
    incident_id = connection.scalars(insert(Incident).returning(Incident.id), incident).one()
    findings = make_findings(2).model_dump(mode="json")
    flag = person | {"job_id": uuid4(), "faces": 2, "findings": findings, "taken_at": at}
    flag_id = connection.scalars(insert(Flag).returning(Flag.id), flag | {"incident_id": incident_id}).one()
    picture = {
        "flag_id": flag_id,
        "status": EvidenceStatus.PENDING,
        "content_type": "image/jpeg",
        "sha256": "",
        "picture": TWO_FACES,
        "thumbnail": TWO_FACES,
        "next_try_at": datetime.now(UTC) + timedelta(days=1),
    }
    connection.execute(insert(Evidence), picture)


def open_inbox(browser: BrowserContext, meeting: Exam, search: str = "") -> Page:
    """Open the inbox in a browser that has not stored the key."""
    page = invigilate(browser, meeting)
    page.get_by_role("link", name="Review").wait_for()
    page.goto(f"/meeting/{meeting.id}/review{search}")
    return page


def incident_rows(page: Page) -> Locator:
    """The rendered rows of the list."""
    return page.get_by_role("listitem").filter(has=page.locator("[data-review]")).get_by_role("button")


def selected_row(page: Page) -> Locator:
    """The row of the selected incident."""
    return page.locator("button[aria-current=true]")
