"""On which shard each meeting lives: read from Postgres, cached in this process."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine

from api.errors import OUTAGES
from shared.db.shards import find_meetings_shard

MOVING_SECONDS = 3.0
SETTLED_SECONDS = 60.0
"""A meeting moves only while its shard drains."""
MAX_CACHED = 50_000
THREADS = 2
"""While Postgres is silent, these wait; all other work in threads goes on."""


@dataclass(slots=True)
class _Location:
    shard: str | None
    read_at: float


class Locations:
    """The name of each meeting's shard; None stands for the first.

    While Postgres is down the name that was read last is used.
    """

    def __init__(self, database: Engine, is_draining: Callable[[str | None], bool]) -> None:
        self._database = database
        self._is_draining = is_draining
        self._threads = CapacityLimiter(THREADS)
        self._known: dict[UUID, _Location] = {}
        self._reading: dict[UUID, asyncio.Task[str | None]] = {}

    async def find(self, meeting_id: UUID) -> str | None:
        """Return where the meeting lived a few seconds ago; raise errors of Postgres if it was never read."""
        location = self._known.get(meeting_id)
        if location is None:
            return await asyncio.shield(self._start_reading(meeting_id))
        if time.monotonic() - location.read_at > self._max_age(location):
            self._start_reading(meeting_id)
        return location.shard

    async def read(self, meeting_id: UUID) -> str | None:
        """Return where the meeting lives now; raise errors of Postgres."""
        name = await to_thread.run_sync(
            find_meetings_shard, self._database, meeting_id, limiter=self._threads
        )
        self._known[meeting_id] = _Location(name, time.monotonic())
        if len(self._known) > MAX_CACHED:
            del self._known[next(iter(self._known))]
        return name

    def _max_age(self, location: _Location) -> float:
        return MOVING_SECONDS if self._is_draining(location.shard) else SETTLED_SECONDS

    def _start_reading(self, meeting_id: UUID) -> asyncio.Task[str | None]:
        """Read once for all who ask meanwhile."""
        if meeting_id not in self._reading:
            task = self._reading[meeting_id] = asyncio.create_task(self.read(meeting_id))
            task.add_done_callback(lambda task: self._end_reading(meeting_id, task))
        return self._reading[meeting_id]

    def _end_reading(self, meeting_id: UUID, task: asyncio.Task[str | None]) -> None:
        del self._reading[meeting_id]
        location = self._known.get(meeting_id)
        if not task.cancelled() and isinstance(task.exception(), OUTAGES) and location:
            location.read_at = time.monotonic()  # ask again later
