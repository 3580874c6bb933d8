"""A flagged list of several pages."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext

from dev.stack.stack import Stack
from shared.db.connection import connect
from shared.settings import Settings
from tests.support.exam import Exam
from tests.support.samples import add_flags

FLAGS = 50
PAGE = 20
"""More than fit on the screen, and three pages together: the page asks for 100, which takes a test longer."""


def fill_list(pages: Stack, meeting: Exam) -> None:
    """Add `FLAGS` flags of one candidate."""
    database = connect(Settings(database_url=pages.database_url), pool_size=1)
    now = datetime.now(UTC)
    add_flags(database, meeting, [now - timedelta(seconds=n) for n in range(FLAGS)])
    database.dispose()


def shorten_pages(browser: BrowserContext) -> BrowserContext:
    """Have the browser get `PAGE` flags at a time."""
    browser.route(
        "**/flags?*limit=100*",
        lambda route: route.continue_(url=re.sub(r"limit=\d+", f"limit={PAGE}", route.request.url)),
    )
    return browser
