"""Restarts processes that end, as Compose's `restart: unless-stopped` does."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress

from dev.stack.errors import StackFailedError
from dev.stack.processes import Process

WAIT_SECONDS = 240.0
RESTART_PAUSE_SECONDS = 1.0
"""Gives the children of an ended process time to end, before it is restarted."""
MAX_RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0
"""A process that has ended `MAX_RESTARTS` times within this time is not restarted."""

_logger = logging.getLogger(__name__)


class Supervisor:
    """Supervises processes by name, but only during its own calls, in the thread that started the processes.

    `notify` is called with messages for the terminal.
    """

    def __init__(
        self, processes: Mapping[str, Process], notify: Callable[[str], None] = _logger.warning
    ) -> None:
        self._processes = processes
        self._notify = notify
        self._stopped: set[str] = set()
        self._ended_at: defaultdict[str, list[float]] = defaultdict(list)
        self.restarts: Counter[str] = Counter()
        """How often each process was restarted after it had ended unexpectedly."""

    def __getitem__(self, name: str) -> Process:
        return self._processes[name]

    def stop(self, name: str) -> None:
        """Stop a process; it is not restarted."""
        self._stopped.add(name)
        self._processes[name].stop()

    def kill(self, name: str) -> None:
        """Kill a process; it is not restarted."""
        self._stopped.add(name)
        self._processes[name].kill()

    def start(self, name: str) -> None:
        """Start a process that `stop` or `kill` has ended."""
        self._processes[name].start()
        self._stopped.discard(name)

    def restart_ended(self) -> None:
        """Restart processes that have ended.

        Raises:
            StackFailedError: one has ended too often.
        """
        for name, process in self._processes.items():
            if name not in self._stopped and process.exit_code is not None:
                self._restart(name, process)

    def wait(self, seconds: float) -> None:
        """Supervise for so many seconds; raises StackFailedError as `restart_ended` does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.restart_ended()
            time.sleep(0.05)

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Supervise until `condition` is true; `what` describes it for the error.

        Raises:
            StackFailedError: it did not become true in time, or a process has ended too often.
        """
        end = time.monotonic() + WAIT_SECONDS
        while not condition():
            self.restart_ended()
            if time.monotonic() > end:
                raise StackFailedError(f"After {WAIT_SECONDS:.0f} s it is still not true that {what}.")
            time.sleep(0.05)

    def _restart(self, name: str, process: Process) -> None:
        now = time.monotonic()
        recent = [moment for moment in self._ended_at[name] if now - moment < RESTART_WINDOW_SECONDS]
        self._ended_at[name] = [*recent, now]
        if len(recent) == MAX_RESTARTS:
            process.check()
        self._notify(f"{name} ended with exit code {process.exit_code}; it is restarted")
        process.kill()  # also the rest of its process group
        time.sleep(RESTART_PAUSE_SECONDS)
        with suppress(StackFailedError):  # if it ends at once, the next call restarts it
            process.start()
        self.restarts[name] += 1
