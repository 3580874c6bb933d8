"""The stack's child processes."""

import os
import signal
from pathlib import Path

from dev.stack.processes import Process


def test_process_stops_though_its_signal_was_ignored(tmp_path: Path) -> None:
    # As in a shell script that starts the stack with `&`.
    before = signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    try:
        process = Process(
            "sleep",
            ["sleep", "600"],
            log=tmp_path / "log",
            environment=os.environ,
            stop_signal=signal.SIGQUIT,
        )
        process.start()
    finally:
        signal.signal(signal.SIGQUIT, before)

    process.stop()

    assert process.exit_code == -signal.SIGQUIT
