"""Faults of processes: killed or hanging ones."""

import os
import signal
from functools import partial

import psutil

from dev.chaos.faults.fault import Fault
from dev.chaos.system import System


def _kill(name: str, system: System) -> None:
    """Kill the process without its children, as the kernel does when memory runs out."""
    process = system.parts[name]
    pid = process.pid
    os.kill(pid, signal.SIGKILL)
    system.parts.wait_until(lambda: process.pid != pid, f"{name} runs again")


def worker_children(system: System) -> list[psutil.Process]:
    """Return the processes that judge frames; while the worker replaces one, it is missing."""
    return psutil.Process(system.parts["frames"].pid).children()


def _kill_children(system: System) -> None:
    for _ in range(5):
        if children := worker_children(system):
            system.chance.choice(children).send_signal(signal.SIGKILL)
        system.parts.wait(0.5)


def _hang(system: System) -> None:
    """Stop the children. Without a task they have no time limit: only the watchdog ends this."""
    worker = system.parts["frames"]
    pid = worker.pid
    for child in worker_children(system):
        child.send_signal(signal.SIGSTOP)
    system.parts.wait_until(lambda: worker.pid != pid, "the worker that hangs is replaced")


FAULTS = (
    Fault("a worker's child is killed", _kill_children),
    Fault("the worker is killed", partial(_kill, "frames")),
    Fault("the gateway is killed", partial(_kill, "gateway")),
    Fault("the evidence worker is killed", partial(_kill, "evidence")),
    Fault("the scheduler is killed", partial(_kill, "scheduler")),
    Fault("Redis is killed", lambda system: _kill(system.primary().process.name, system)),
    Fault("the worker hangs", _hang, takes_long=True),
)
