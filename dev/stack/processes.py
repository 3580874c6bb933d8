"""One child process of the stack: start, readiness, log, stop."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dev.stack.errors import StackFailedError

ROOT = Path(__file__).resolve().parents[2]
LOG_LINES = 15

PR_SET_PDEATHSIG = 1
SIG_DFL = None
"""A null pointer: the default action."""
_libc = ctypes.CDLL(None)


class Process:
    """A child in its own session, so that Ctrl-C reaches only the stack, which stops its children in order.

    `orphan_signal` is what Linux sends the child when the thread that started it has ended: start and restart
    children from a thread that outlives them.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str],
        account: pwd.struct_passwd | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        orphan_signal: signal.Signals = signal.SIGKILL,
        stop_seconds: float = 30,
        inherit: Sequence[int] = (),
        answers: Callable[[], bool] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self.environment = dict(environment)
        """Used by the next start."""
        self._account = account
        self._stop_signal = stop_signal
        self._orphan_signal = orphan_signal
        self._stop_seconds = stop_seconds
        self._inherit = inherit
        self._answers = answers
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The child's process id; its process group has the same."""
        if self._child is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """None while the child runs, or was not started."""
        return self._child.poll() if self._child else None

    def start(self) -> None:
        """Start the child and wait until it answers.

        Raises:
            StackFailedError: it ended, or did not answer within a minute.
        """
        account = self._account
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                pass_fds=self._inherit,
                # Two system calls, hence safe beside threads; Linux offers no other way.
                preexec_fn=self._prepare_child if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        if self._answers:
            self._wait_until(self._answers)

    def stop(self) -> None:
        """Send the stop signal; kill the process group if the child does not end in time."""
        if self._child is None:
            return
        self._child.send_signal(self._stop_signal)
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(self._stop_seconds)
        self.kill()

    def kill(self) -> None:
        """Kill the child and its process group, and wait until it has ended."""
        if self._child is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # macOS: no permission on a group of zombies
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def restart(self) -> None:
        """Stop the child if it runs, then start it."""
        self.stop()
        self.start()

    def check(self) -> None:
        """Raise `StackFailedError`, with the end of the log, when the child has ended."""
        if self.exit_code is not None:
            raise StackFailedError(f"{self.name} ended with exit code {self.exit_code}.\n{self.last_lines()}")

    def wait(self, seconds: float) -> None:
        """Wait until the child has ended.

        Raises:
            StackFailedError: it failed, or ran longer than `seconds`.
        """
        if self._child is None:
            raise RuntimeError(f"{self.name} has not been started")
        try:
            exit_code = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise StackFailedError(
                f"{self.name} did not end within {seconds:.0f} s.\n{self.last_lines()}"
            ) from None
        if exit_code:
            self.check()

    def last_lines(self) -> str:
        """Return the path of the log and its last lines."""
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join([f"The end of {self.log}:", *(f"    {line}" for line in lines)])

    def _wait_until(self, answers: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not answers():
            self.check()
            if time.monotonic() > deadline:
                raise StackFailedError(
                    f"{self.name} did not answer within {seconds:.0f} s.\n{self.last_lines()}"
                )
            time.sleep(0.05)

    def _prepare_child(self) -> None:
        _libc.prctl(PR_SET_PDEATHSIG, self._orphan_signal)
        # In a shell script, what is started with `&` ignores SIGINT and SIGQUIT, by which some servers stop.
        _libc.signal(self._stop_signal, SIG_DFL)
