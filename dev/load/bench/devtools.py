"""Chromium and its DevTools protocol, without Playwright: that records each answer, in the page's memory."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psutil
from websockets.sync.client import ClientConnection, connect

from dev.stack.errors import StackFailedError

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first that is installed is used."""
START_SECONDS = 60
TRACED = "devtools.timeline,disabled-by-default-devtools.timeline"


class DevTools:
    """The only page of a browser."""

    def __init__(self, browser: psutil.Process, connection: ClientConnection) -> None:
        self._browser = browser
        self._connection = connection
        self._ids = count(1)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        number = next(self._ids)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while (message := self._receive()).get("id") != number:
            pass
        if "error" in message:
            raise StackFailedError(f"{method}: {message['error']}")
        result: dict[str, Any] = message["result"]
        return result

    def evaluate(self, expression: str) -> object:
        """Return the value of an expression, or that of its promise."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise StackFailedError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def trace(self, expression: str) -> list[dict[str, Any]]:
        """Return the events of a trace while the expression is evaluated."""
        self.call("Tracing.start", categories=TRACED)
        self.evaluate(expression)
        self.call("Tracing.end")
        events: list[dict[str, Any]] = []
        while (message := self._receive()).get("method") != "Tracing.tracingComplete":
            if message.get("method") == "Tracing.dataCollected":
                events += message["params"]["value"]
        return events

    @property
    def renderers(self) -> list[psutil.Process]:
        """The processes that run pages."""
        children = self._browser.children(recursive=True)
        return [process for process in children if "--type=renderer" in process.cmdline()]

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._connection.recv())
        return message


@contextmanager
def open_browser(profile: Path, size: tuple[int, int]) -> Iterator[DevTools]:
    """Run a browser with an empty page until the end of the block."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise StackFailedError(f"There is no Chromium. On Debian: apt install {BROWSERS[0]}")
    browser = subprocess.Popen(
        [
            *(found, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"),
            *(f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", "about:blank"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_find_page(profile), max_size=None) as connection:
            yield DevTools(psutil.Process(browser.pid), connection)
    finally:
        # Debian's command is a script: the browser is its child.
        for process in psutil.Process(browser.pid).children(recursive=True):
            # It ends by itself when its parent has ended.
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        browser.wait()


def _find_page(profile: Path) -> str:
    """Return the WebSocket address of the page, once the browser has started."""
    started = time.monotonic()
    port_file = profile / "DevToolsActivePort"
    while time.monotonic() - started < START_SECONDS:
        if port_file.exists() and (lines := port_file.read_text().split()):
            targets = httpx.get(f"http://127.0.0.1:{lines[0]}/json").json()
            pages = [target for target in targets if target["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise StackFailedError("Chromium did not start")
