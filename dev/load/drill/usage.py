"""Memory, files and connections of the processes of a stack."""

from dataclasses import dataclass

import psutil

from dev.load.work import process_tree
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
        for process in process_tree(part.pid)
        if (usage := _usage(process))
    }


def _usage(process: psutil.Process) -> Usage | None:
    try:
        memory = process.memory_full_info()
        return Usage(memory.pss, memory.rss, process.num_fds(), len(process.net_connections("all")))
    except psutil.NoSuchProcess:
        return None
