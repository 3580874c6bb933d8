"""The invigilator's page with 300 people and 5,000 flags: processor time, memory, long tasks."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from dev.load.bench.devtools import DevTools, open_browser
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
WARM_UP_SECONDS = 30
SCROLLS, SCROLL_PX = 200, 60
WINDOW = (1920, 1080)
START_SECONDS = 60

KEEP_KEY = """localStorage.setItem("proctor.meetings", JSON.stringify(
    [{id: "%s", key: "%s", title: "Algebra I", createdAt: new Date().toISOString()}]))"""
PICTURES = "document.querySelectorAll('[data-person] img').length"
SCROLL_WALL = """(async () => {
    const wall = document.querySelector("[data-person]").closest("ul").parentElement.parentElement;
    for (let step = 0; step < %(scrolls)d; step++) {
        wall.scrollTop += step < %(scrolls)d / 2 ? %(pixels)d : -%(pixels)d;
        await new Promise(requestAnimationFrame);
    }
})()"""
MAIN_THREAD = "CrRendererMain"
TASK = "RunTask"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the page has used so far: seconds of processor time, at a time in seconds, and bytes in memory."""

    cpu: float
    at: float
    memory: int


def measure(data: Path, minutes: float = MINUTES) -> Iterator[Figure]:
    """Leave the page open while frames of everybody arrive, and scroll through the wall at the end."""
    with (
        Stack(data / "stack", environment={"PAGES_PATH": str(build())}, workers=1) as stack,
        open_browser(data / "browser", WINDOW) as page,
        _open_wall(stack, page),
    ):
        time.sleep(WARM_UP_SECONDS)
        before = _read_usage(page)
        time.sleep(minutes * 60)
        after = _read_usage(page)
        tasks_ms = _trace_scrolling(page)
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


def _trace_scrolling(page: DevTools) -> list[float]:
    """Scroll through the wall and return the processor time of each task of the page's main thread, in ms."""
    events = page.trace(SCROLL_WALL % {"scrolls": SCROLLS, "pixels": SCROLL_PX})
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
def _open_wall(stack: Stack, page: DevTools) -> Iterator[None]:
    """Open the page of a full meeting, whose people send frames until the end of the block."""
    database = connect(Settings(database_url=stack.database_url), pool_size=1)
    meeting, key = create_meeting(database, "Algebra I", Actor.ANYONE)
    with Redis.from_url(stack.redis_url) as redis:
        room = Room(database, redis, meeting.id, PEOPLE)
        room.flag(FLAGS)
        database.dispose()
        with _judging(room):
            _open(page, stack.url)
            page.evaluate(KEEP_KEY % (meeting.id, key))
            _open(page, f"{stack.url}/meeting/{meeting.id}")
            _wait_until(page, PICTURES)
            yield


def _open(page: DevTools, url: str) -> None:
    page.call("Page.navigate", url=url)
    _wait_until(page, f"location.href === '{url}' || location.href === '{url}/'")
    _wait_until(page, "document.readyState === 'complete'")


def _wait_until(page: DevTools, condition: str) -> None:
    started = time.monotonic()
    while not page.evaluate(condition):
        if time.monotonic() - started > START_SECONDS:
            raise StackFailedError(f"the page does not get ready: {condition}")
        time.sleep(0.1)


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


def _read_usage(page: DevTools) -> Usage:
    page.call("HeapProfiler.collectGarbage")
    cpu = sum(sum(renderer.cpu_times()[:2]) for renderer in page.renderers)
    return Usage(cpu, time.monotonic(), sum(renderer.memory_info().rss for renderer in page.renderers))
