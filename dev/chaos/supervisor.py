"""Whatever ends is started again, as Compose's `restart: unless-stopped` does; nothing else does that."""

import time
from collections import Counter
from collections.abc import Callable, Mapping

from dev.errors import StackFailedError
from dev.processes import Process

PATIENCE_SECONDS = 240.0


class Supervisor:
    """The parts of the system by name. It works while it is waited with, in the thread that started them."""

    def __init__(self, processes: Mapping[str, Process]) -> None:
        self._processes = processes
        self._stopped: set[str] = set()
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
        """Start again what has ended."""
        for name, process in self._processes.items():
            if name not in self._stopped and process.exit_code is not None:
                process.kill()  # what it left behind of its process group
                process.start()
                self.restarts[name] += 1

    def wait(self, seconds: float) -> None:
        """Let time pass."""
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
