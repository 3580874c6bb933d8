"""Memory, files and processor time of the processes of a stack."""

from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from dev.stack.processes import Process


@dataclass(frozen=True, slots=True)
class Usage:
    """One process at one moment; memory in bytes."""

    pss: int
    """Proportional set size: shared pages are divided by the number of processes that share them."""
    rss: int
    descriptors: int
    connections: int


def usages(parts: dict[str, Process]) -> dict[str, Usage]:
    """Return the usage of every running process, by the name of its part and its process id."""
    return {
        f"{name} {process.pid}": usage
        for name, part in parts.items()
        for process in _tree(part)
        if (usage := _usage(process))
    }


def cpu_seconds(parts: dict[str, Process]) -> dict[str, float]:
    """Return the processor time of each part so far; `frames`, the workers, without their pools.

    Those are `pool`: they run in parallel, while their supervisor is a single process.
    """
    seconds = {name: sum(map(_cpu_seconds, _tree(part))) for name, part in parts.items()}
    if "frames" in parts:
        supervisor = _cpu_seconds(psutil.Process(parts["frames"].pid))
        seconds |= {"frames": supervisor, "pool": seconds["frames"] - supervisor}
    return seconds


def _tree(part: Process) -> Iterator[psutil.Process]:
    root = psutil.Process(part.pid)
    yield root
    yield from root.children(recursive=True)


def _usage(process: psutil.Process) -> Usage | None:
    try:
        memory = process.memory_full_info()
        return Usage(memory.pss, memory.rss, process.num_fds(), len(process.net_connections("all")))
    except psutil.NoSuchProcess:
        return None


def _cpu_seconds(process: psutil.Process) -> float:
    """Include ended children: Postgres has a process for each connection."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system
