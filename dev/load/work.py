"""Processor time, wake-ups and waiting of processes, from `/proc`."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from dev.stack.processes import Process

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Work:
    """What processes have done so far; `queued` and `wakeups` only on Linux, and only of running threads."""

    cpu: float = 0.0
    """Processor seconds, ended children included: Postgres has a process for each connection."""
    queued: float = 0.0
    """Seconds in which a thread was ready to run, but every core was taken."""
    wakeups: int = 0
    """How often a thread waited for something and was woken: its voluntary context switches."""

    def __add__(self, other: "Work") -> "Work":
        return Work(self.cpu + other.cpu, self.queued + other.queued, self.wakeups + other.wakeups)

    def __sub__(self, other: "Work") -> "Work":
        return Work(self.cpu - other.cpu, self.queued - other.queued, self.wakeups - other.wakeups)


def read_work(parts: Mapping[str, Process]) -> dict[str, Work]:
    """Return the work of each part: of its process and all descendants."""
    return {
        name: sum(map(read_process, process_tree(part.pid)), start=Work()) for name, part in parts.items()
    }


def process_tree(pid: int) -> Iterator[psutil.Process]:
    """Yield the process and its descendants."""
    root = psutil.Process(pid)
    yield root
    yield from root.children(recursive=True)


def read_process(process: psutil.Process) -> Work:
    """Return the work of one process; none if it has ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return Work()
    cpu = times.user + times.system + times.children_user + times.children_system
    return sum(_read_threads(process.pid), start=Work(cpu))


def _read_threads(pid: int) -> Iterator[Work]:
    with suppress(FileNotFoundError, ProcessLookupError):  # the process ended, or this is not Linux
        for thread in (PROC / str(pid) / "task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                yield _read_thread(thread)


def _read_thread(thread: Path) -> Work:
    """See `man proc_pid_status` and, for schedstat, the kernel's `sched-stats.rst`."""
    status = (thread / "status").read_text()
    wakeups = status.partition("\nvoluntary_ctxt_switches:")[2].partition("\n")[0]
    _, queued_ns, _ = (thread / "schedstat").read_text().split()
    return Work(queued=int(queued_ns) / 1e9, wakeups=int(wakeups))
