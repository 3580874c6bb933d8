"""Whatever ends is started again, as Compose's `restart: unless-stopped` does; nothing else does that."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress

from dev.stack.errors import StackFailedError
from dev.stack.processes import Process

PATIENCE_SECONDS = 240.0
PAUSE_SECONDS = 1.0
"""Before a part is started again: what it left behind has time to go."""
AT_MOST = 5
WITHIN_SECONDS = 60.0
"""A part that has ended so often in so short a time won't stay up."""

_logger = logging.getLogger(__name__)


class Supervisor:
    """The parts of the system by name. It works while it is waited with, in the thread that started them.

    `tell` is called with what a person at the terminal should know.
    """

    def __init__(
        self, processes: Mapping[str, Process], tell: Callable[[str], None] = _logger.warning
    ) -> None:
        self._processes = processes
        self._tell = tell
        self._stopped: set[str] = set()
        self._ended_at: defaultdict[str, list[float]] = defaultdict(list)
        self.restarts: Counter[str] = Counter()
        """How often each part had ended by itself, or by a fault, and was started again."""

    def __getitem__(self, name: str) -> Process:
        return self._processes[name]

    def stop(self, name: str) -> None:
        """Stop a part on purpose: it stays so."""
        self._stopped.add(name)
        self._processes[name].stop()

    def start(self, name: str) -> None:
        """Start what was stopped on purpose."""
        self._processes[name].start()
        self._stopped.discard(name)

    def tend(self) -> None:
        """Start again what has ended.

        Raises:
            StackFailedError: it ends again and again.
        """
        for name, process in self._processes.items():
            if name not in self._stopped and process.exit_code is not None:
                self._start_again(name, process)

    def wait(self, seconds: float) -> None:
        """Let time pass; raises StackFailedError as `tend` does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.tend()
            time.sleep(0.05)

    def wait_until(self, look: Callable[[], bool], what: str) -> None:
        """Let time pass until something is so.

        Raises:
            StackFailedError: it did not become so, whatever was waited for.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while not look():
            self.tend()
            if time.monotonic() > end:
                raise StackFailedError(f"After {PATIENCE_SECONDS:.0f} s it is still not so that {what}.")
            time.sleep(0.05)

    def _start_again(self, name: str, process: Process) -> None:
        now = time.monotonic()
        lately = [moment for moment in self._ended_at[name] if now - moment < WITHIN_SECONDS]
        self._ended_at[name] = [*lately, now]
        if len(lately) == AT_MOST:
            process.check()
        self._tell(f"{name} ended with exit code {process.exit_code}; it is started again")
        process.kill()  # what it left behind of its process group
        time.sleep(PAUSE_SECONDS)
        with suppress(StackFailedError):  # one that has ended already is found to have by the next look
            process.start()
        self.restarts[name] += 1
