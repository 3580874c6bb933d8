"""Limit the connections of a gateway process, in total and by client address."""

import logging
import resource
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from api.rare_log import RareLog

log = logging.getLogger(__name__)

MAX_FILES = 65_536


def raise_file_limit() -> None:
    """Raise the soft limit of open files, which is often 1,024, to the hard limit: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < target:
        with suppress(ValueError, OSError):  # macOS may allow less than it reports
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))


class Connection(Protocol):
    """A client connection."""

    address: str

    def abort(self) -> None:
        """Close the connection without a response."""


class OpenConnections:
    """The connections of one process: at most 3/4 of its open files, at most 1/2 of them from one address.

    At a limit the oldest connection without a complete request is closed for the new one, so that slow or
    idle clients lock nobody out, not even clients with the same address.
    """

    def __init__(self) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        files = MAX_FILES if soft == resource.RLIM_INFINITY else soft
        self._max_total = files * 3 // 4
        self._max_per_address = files // 2
        self._count: Counter[str] = Counter()
        self._unfinished: dict[str, dict[Connection, None]] = {}
        self._log = RareLog(log)

    def add(self, connection: Connection) -> bool:
        """Count a new connection; return False if there is no room for it."""
        if not self._make_room(connection.address):
            return False
        self._count[connection.address] += 1
        self.mark_unfinished(connection)
        return True

    def remove(self, connection: Connection) -> None:
        """Stop counting a connection."""
        self.mark_finished(connection)
        self._count[connection.address] -= 1
        if not self._count[connection.address]:
            del self._count[connection.address]

    def mark_unfinished(self, connection: Connection) -> None:
        """Mark the connection as waiting for a request or for the rest of one."""
        self._unfinished.setdefault(connection.address, {})[connection] = None

    def mark_finished(self, connection: Connection) -> None:
        """Mark the request of the connection as complete."""
        if unfinished := self._unfinished.get(connection.address):
            unfinished.pop(connection, None)
            if not unfinished:
                del self._unfinished[connection.address]

    def _make_room(self, address: str) -> bool:
        if self._count[address] >= self._max_per_address:
            self._log.warning("connection limit of one address reached: %d", self._count[address])
            return _abort_oldest(self._unfinished.get(address, {}))
        if self._count.total() >= self._max_total:
            self._log.warning("connection limit of the process reached: %d", self._count.total())
            largest: dict[Connection, None] = max(self._unfinished.values(), key=len, default={})
            return _abort_oldest(largest)
        return True


def _abort_oldest(connections: Iterable[Connection]) -> bool:
    oldest = next(iter(connections), None)
    if oldest is not None:
        oldest.abort()
    return oldest is not None
