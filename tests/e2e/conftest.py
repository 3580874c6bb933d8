"""Chromium and a whole stack with the pages."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from dev.pages import build
from dev.stack.stack import Stack
from tests.conftest import SECRET
from tests.support.exam import Exam
from tests.support.fake_camera import ONE, write_video
from tests.support.programs import require_program

TIMEOUT_MS = 120_000
"""Only ends a test that has failed."""

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first that is installed is used."""

DISABLED = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess")
"""Features of Chromium's own user interface: two hidden pages in each window, and a process in reserve."""


class OpenBrowser(Protocol):
    """Open a new person's browser, whose camera shows each picture for `seconds`."""

    def __call__(
        self, scenes: Sequence[str] = ..., *, seconds: float = ..., flags: Sequence[str] = ...
    ) -> BrowserContext: ...


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium: its headless shell has no user interface, so it needs half of the time."""
    return str(require_program(*BROWSERS, tested="the pages", package=BROWSERS[0]))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def pages(chromium: str) -> Iterator[Stack]:  # noqa: ARG001 - skip before building
    """A stack with the pages and one frame per second instead of one in five."""
    environment = os.environ | {
        "SECRET_KEY": SECRET,
        "PAGES_PATH": str(build()),
        "FRAME_INTERVAL_MS": "1000",
        "OFFICE_CONTACT": "exams@example.org",
        # Otherwise admission control would refuse frames that a test needs, as there is one worker only.
        "MAX_WAIT_SECONDS": "100",
    }
    with (
        tempfile.TemporaryDirectory(prefix="proctor-tests-") as data,
        Stack(Path(data) / "data", workers=1, environment=environment) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def pages_client(pages: Stack) -> Iterator[httpx.Client]:
    # By default both uvicorn and httpx give up an idle connection after 5 s: now and then the client would
    # send on one that the server is just closing.
    limits = httpx.Limits(keepalive_expiry=2)
    with httpx.Client(base_url=pages.url, timeout=60, limits=limits) as client:
        yield client


@pytest.fixture
def meeting(pages_client: httpx.Client) -> Exam:
    return Exam.create(pages_client)


@pytest.fixture(scope="session")
def start_browser(playwright: Playwright, chromium: str, directory: Path) -> Iterator[Callable[..., Browser]]:
    """Start one process per camera and flags: most tests take less time than it needs to start."""
    with ExitStack() as running:

        @cache
        def start(scenes: tuple[str, ...], seconds: float, flags: tuple[str, ...]) -> Browser:
            camera = write_video(directory / f"{uuid4()}.y4m", scenes, seconds)
            browser = playwright.chromium.launch(
                executable_path=chromium,
                args=[
                    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
                    f"--disable-features={','.join(DISABLED)}",
                    "--use-fake-device-for-media-stream",
                    f"--use-file-for-fake-video-capture={camera}",
                    *flags,
                ],
            )
            running.callback(browser.close)
            return browser

        yield start


@pytest.fixture
def open_browser(start_browser: Callable[..., Browser], pages: Stack) -> Iterator[OpenBrowser]:
    expect.set_options(timeout=TIMEOUT_MS)
    with ExitStack() as running:

        def open_context(
            scenes: Sequence[str] = (ONE,),
            *,
            seconds: float = 1,
            flags: Sequence[str] = ("--use-fake-ui-for-media-stream",),
        ) -> BrowserContext:
            browser = start_browser(tuple(scenes), seconds, tuple(flags))
            context = browser.new_context(base_url=pages.url)
            running.callback(context.close)
            context.set_default_timeout(TIMEOUT_MS)
            return context

        yield open_context
