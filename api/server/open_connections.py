"""How many connections a gateway process holds, and whose: nobody can take them all."""

import logging
import resource
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from api.rare_log import RareLog

log = logging.getLogger(__name__)

MOST_FILES = 65_536


def raise_file_limit() -> None:
    """Let this process open as many files as it may; a connection is one, and 1,024 is a usual default."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # macOS may allow less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Connection(Protocol):
    """A connection from `address`, which can be closed at once."""

    address: str

    def cut_off(self) -> None:
        """Close it without an answer."""


class OpenConnections:
    """The connections of one process: three quarters of the files it may open, half of them for an address.

    At a limit the oldest connection that has no complete request makes room for the new one, so that slow and
    silent ones keep nobody out, not even those behind the same address.
    """

    def __init__(self) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        files = MOST_FILES if soft == resource.RLIM_INFINITY else soft
        self._most = files * 3 // 4
        self._most_of_address = files // 2
        self._count: Counter[str] = Counter()
        self._unfinished: dict[str, dict[Connection, None]] = {}
        self._log = RareLog(log)

    def add(self, connection: Connection) -> bool:
        """Count a new one, which has no request yet; False when there is no room for it."""
        if not self._make_room(connection.address):
            return False
        self._count[connection.address] += 1
        self.mark_unfinished(connection)
        return True

    def remove(self, connection: Connection) -> None:
        """Forget one that was added."""
        self.mark_finished(connection)
        self._count[connection.address] -= 1
        if not self._count[connection.address]:
            del self._count[connection.address]

    def mark_unfinished(self, connection: Connection) -> None:
        """It waits for a request, or for the rest of one."""
        self._unfinished.setdefault(connection.address, {})[connection] = None

    def mark_finished(self, connection: Connection) -> None:
        """Its request is complete, and is being answered."""
        if unfinished := self._unfinished.get(connection.address):
            unfinished.pop(connection, None)
            if not unfinished:
                del self._unfinished[connection.address]

    def _make_room(self, address: str) -> bool:
        if self._count[address] >= self._most_of_address:
            self._log.warning("an address holds %d connections", self._count[address])
            return _cut_off_oldest(self._unfinished.get(address, {}))
        if self._count.total() >= self._most:
            self._log.warning("the gateway holds %d connections, all that it may", self._count.total())
            fullest: dict[Connection, None] = max(self._unfinished.values(), key=len, default={})
            return _cut_off_oldest(fullest)
        return True


def _cut_off_oldest(connections: Iterable[Connection]) -> bool:
    oldest = next(iter(connections), None)
    if oldest is not None:
        oldest.cut_off()
    return oldest is not None
