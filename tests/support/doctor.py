"""Runs `python -m api.ops.doctor` and reads its report."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from io import StringIO

import pytest

from api.ops.doctor.__main__ import main
from dev.stack.processes import ROOT
from tests.conftest import SECRET

THREAD = "doctor"


class _Log(logging.Handler):
    """Collects what the doctor would print on standard error, not what gateways in other threads say."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if (record.threadName or "").startswith(THREAD):
            self.records.append(record)


class DoctorReport:
    """The doctor's findings for an environment."""

    def __init__(self, environment: Mapping[str, str], run: "Run | None" = None) -> None:
        variables = {"PATH": os.environ["PATH"], "SECRET_KEY": SECRET, **environment}
        exit_code, self.text = (run or run_in_thread)(variables)
        self.lines = re.findall(r"^(ok|warning|broken) +(.+)(?:\n +→ (.+))?$", self.text, re.MULTILINE)
        broken = [found for level, found, _ in self.lines if level == "broken"]
        assert exit_code == bool(broken)
        assert all(remedy for level, _, remedy in self.lines if level != "ok")

    def remedy(self, level: str, found: str) -> str:
        """Return the remedy of the one finding that matches."""
        [line] = [line for line in self.lines if line[0] == level and re.search(found, line[1])]
        return str(line[2])

    def broken(self) -> list[str]:
        """Return the findings of level broken."""
        return [found for level, found, _ in self.lines if level == "broken"]


Run = Callable[[dict[str, str]], tuple[int, str]]
"""Runs the doctor with these variables; returns its exit code and output."""


def run_in_thread(variables: dict[str, str]) -> tuple[int, str]:
    """Run in a thread, because a process takes two seconds to start."""
    output, log = StringIO(), _Log(logging.WARNING)
    with (
        pytest.MonkeyPatch.context() as patch,
        ThreadPoolExecutor(1, THREAD) as thread,
        redirect_stdout(output),
    ):
        patch.setattr(os, "environ", variables)
        logging.getLogger().addHandler(log)
        exit_code = thread.submit(main, ["--patience", "1"]).result()
        logging.getLogger().removeHandler(log)
    assert log.records == []
    return exit_code, output.getvalue()


def run_in_process(variables: dict[str, str]) -> tuple[int, str]:
    """Run as in production; needed with obstore, which reads the process's environment."""
    command = [sys.executable, "-m", "api.ops.doctor", "--patience", "1"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout
