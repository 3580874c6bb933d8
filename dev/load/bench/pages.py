"""The invigilator's page with 300 people and 5,000 flags: processor time, memory, long tasks."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from redis import Redis

from dev.load.bench.figure import Figure
from dev.load.room import Room
from dev.pages import build
from dev.stack.errors import StackFailedError
from dev.stack.stack import Stack
from shared.db.audit import Actor
from shared.db.connection import connect
from shared.db.meetings import create_meeting
from shared.settings import Settings

PEOPLE, FLAGS = 300, 5_000
MINUTES = 10.0
FRAME_SECONDS = 5
"""The usual time between two frames of a candidate."""
WARM_UP_MS = 20_000
SCROLLS, SCROLL_PX = 200, 60
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")

KEEP_KEY = """([id, key]) => localStorage.setItem("proctor.meetings", JSON.stringify(
    [{id, key, title: "Algebra I", createdAt: new Date().toISOString()}]))"""
SCROLL_WALL = """async ([scrolls, pixels]) => {
    const wall = document.querySelector("[data-person]").closest("ul").parentElement.parentElement;
    for (let step = 0; step < scrolls; step++) {
        wall.scrollTop += step < scrolls / 2 ? pixels : -pixels;
        await new Promise(requestAnimationFrame);
    }
}"""
MAIN_THREAD = "CrRendererMain"
TASK = "RunTask"
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What the page has used so far: seconds of processor time, at a time in seconds, and bytes in memory."""

    cpu: float
    at: float
    memory: int


def measure(data: Path, minutes: float = MINUTES) -> Iterator[Figure]:
    """Leave the page open while frames of everybody arrive, and scroll through the wall at the end."""
    with (
        Stack(data, environment={"PAGES_PATH": str(build())}, workers=1) as stack,
        _open_wall(stack) as (browser, page),
    ):
        devtools = page.context.new_cdp_session(page)
        page.wait_for_timeout(WARM_UP_MS)
        before = _read_usage(devtools)
        page.wait_for_timeout(minutes * 60_000)
        after = _read_usage(devtools)
        tasks_ms = _trace_scrolling(browser, page)
    seconds = after.at - before.at
    yield Figure(
        "page of 300, share of a core",
        (after.cpu - before.cpu) / seconds * 100,
        f"{after.cpu - before.cpu:.1f} s of processor time in {seconds:.0f} s",
        unit=" %",
        at_most=15,
    )
    yield Figure(
        "page of 300, growth",
        (after.memory - before.memory) / 1e6,
        f"{after.memory / 1e6:.0f} MB after {minutes:g} minutes, {before.memory / 1e6:.0f} MB before",
        unit=" MB",
        at_most=60,
    )
    yield Figure(
        "page of 300, longest task",
        max(tasks_ms),
        f"of processor time, while scrolling {SCROLLS} times by {SCROLL_PX} pixels",
        unit=" ms",
        at_most=100,
    )
    yield Figure(
        "page of 300, a scrolled frame",
        sum(tasks_ms) / SCROLLS,
        "of processor time, so that 60 frames a second are drawn",
        unit=" ms",
        at_most=1000 / 60,
    )


def _trace_scrolling(browser: Browser, page: Page) -> list[float]:
    """Scroll through the wall and return the processor time of each task of the page's main thread, in ms."""
    browser.start_tracing(page=page, categories=TRACED)
    page.evaluate(SCROLL_WALL, [SCROLLS, SCROLL_PX])
    events = json.loads(browser.stop_tracing())["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == MAIN_THREAD
    }
    return [
        event.get("tdur", 0) / 1000
        for event in events
        if event["name"] == TASK and (event["pid"], event["tid"]) in main
    ]


@contextmanager
def _open_wall(stack: Stack) -> Iterator[tuple[Browser, Page]]:
    """Open the page of a full meeting, whose people send frames until the end of the block."""
    database = connect(Settings(database_url=stack.database_url), pool_size=1)
    meeting, key = create_meeting(database, "Algebra I", Actor.ANYONE)
    with Redis.from_url(stack.redis_url) as redis, sync_playwright() as playwright:
        room = Room(database, redis, meeting.id, PEOPLE)
        room.flag(FLAGS)
        browser = playwright.chromium.launch(
            executable_path=_find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        with _judging(room):
            page = browser.new_page(base_url=stack.url, viewport={"width": 1920, "height": 1080})
            page.goto("/")
            page.evaluate(KEEP_KEY, [str(meeting.id), key])
            page.goto(f"/meeting/{meeting.id}")
            page.wait_for_selector("[data-person] img")
            yield browser, page
        browser.close()
    database.dispose()


@contextmanager
def _judging(room: Room) -> Iterator[None]:
    ended = threading.Event()

    def judge() -> None:
        while not ended.wait(FRAME_SECONDS):
            room.judge()

    room.judge()
    thread = threading.Thread(target=judge)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _find_browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise StackFailedError(f"There is no Chromium. On Debian: apt install {BROWSERS[0]}")
    return found


def _read_usage(devtools: CDPSession) -> Usage:
    devtools.send("HeapProfiler.collectGarbage")
    renderers = [
        process
        for process in psutil.Process().children(recursive=True)
        if "--type=renderer" in process.cmdline()
    ]
    cpu = sum(sum(renderer.cpu_times()[:2]) for renderer in renderers)
    return Usage(cpu, time.monotonic(), sum(renderer.memory_info().rss for renderer in renderers))
