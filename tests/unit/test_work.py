"""Processor time, wake-ups and waiting of real processes are read from `/proc`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from dev.load.work import Work, process_tree, read_process

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts it")

BURN = "import time\nwhile time.process_time() < 0.2: pass\n"


@contextmanager
def paused(program: str) -> Iterator[psutil.Process]:
    """Run a Python program, and pause it at its end."""
    program += "\nprint('ready', flush=True)\ninput()"
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        yield psutil.Process(child.pid)
        child.communicate("\n")


def test_processor_time_of_ended_children_counts() -> None:
    with paused(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])") as process:
        assert read_process(process).cpu >= 0.2


@linux
def test_wakeups_of_every_thread_count() -> None:
    program = """
import threading, time
def sleep():
    for _ in range(100):
        time.sleep(0.001)
    slept.release()
    stop.wait()
slept, stop = threading.Semaphore(0), threading.Event()
for _ in range(2):
    threading.Thread(target=sleep, daemon=True).start()
for _ in range(2):
    slept.acquire()
"""
    with paused(program) as process:
        assert read_process(process).wakeups >= 200


@linux
def test_waiting_for_a_busy_core_is_measured() -> None:
    """Two threads that do not hold Python's lock share one core."""
    program = """
import hashlib, os, threading
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
threads = [threading.Thread(target=hashlib.pbkdf2_hmac, args=("sha256", b"", b"", 500_000)) for _ in range(2)]
for thread in threads:
    thread.start()
"""
    with paused(program) as process:
        assert read_process(process).queued > 0


def test_descendants_belong_to_a_part() -> None:
    child = [sys.executable, "-c", "input()"]
    with paused(f"import subprocess\nsubprocess.Popen({child!r}, stdin=subprocess.PIPE)") as process:
        assert len(list(process_tree(process.pid))) == 2


def test_ended_process_has_done_nothing() -> None:
    with paused("") as process:
        pass

    assert read_process(process) == Work()
