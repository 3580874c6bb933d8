"""A flagged list of several pages."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from playwright.sync_api import BrowserContext

from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.db.meetings import add_participant, find_meeting
from shared.db.tables import Role
from shared.settings import Settings
from tests.support.exam import Exam
from tests.support.samples import add_flags

FLAGS = 50
PAGE = 20
"""More than fit on the screen, and three pages together: the page asks for 100, which takes a test longer."""


def fill_list(pages: Stack, meeting: Exam, flags: int = FLAGS, people: int = 0) -> None:
    """Add flags of one candidate, and more candidates."""
    database = connect(Settings(database_url=pages.database_url), pool_size=1)
    now = datetime.now(UTC)
    add_flags(database, meeting, [now - timedelta(seconds=n) for n in range(flags)])
    stored = find_meeting(database, UUID(meeting.id))
    assert stored
    for number in range(people):
        add_participant(database, stored, f"Candidate {number}", Role.CANDIDATE)
    database.dispose()


def shorten_pages(browser: BrowserContext, page: int = PAGE) -> BrowserContext:
    """Have the browser get so many flags at a time."""
    browser.route(
        "**/flags?*limit=100*",
        lambda route: route.continue_(url=re.sub(r"limit=\d+", f"limit={page}", route.request.url)),
    )
    return browser
