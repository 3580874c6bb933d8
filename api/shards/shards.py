"""The shards of this gateway: opens and closes them as they come and go, and finds that of a meeting."""

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

from fastapi.concurrency import run_in_threadpool
from redis.exceptions import RedisError
from sqlalchemy import Engine

from api.errors import OUTAGES
from api.shards.known import KnownShards, first_shard, list_known_shards
from api.shards.locations import Locations
from api.shards.open_shard import OpenShard, Receiver, ShardUnavailableError
from api.single_flight import in_own_thread
from shared.db.shards import count_load, register_shards
from shared.db.tables import Meeting, ShardState
from shared.settings import Settings
from shared.shards import Shard, find_shard

log = logging.getLogger(__name__)

REFRESH_SECONDS = 3.0
CLOSE_SECONDS = 30.0
"""A removed shard stays open for requests that have begun; none waits longer for a job."""


class Shards:
    """All shards. With one, Postgres is never asked where a meeting lives."""

    def __init__(self, settings: Settings, database: Engine, receive_events: Receiver) -> None:
        """Call inside the event loop."""
        self._settings = settings
        self._database = database
        self._receive_events = receive_events
        self._states: KnownShards = {}
        self._open: dict[Shard, OpenShard] = {}
        self._running: dict[OpenShard, asyncio.Task[None]] = {}
        self._locations = Locations(database, self._is_draining)
        self._list_known = in_own_thread(lambda: list_known_shards(settings, database))
        self._update(dict.fromkeys(settings.shards, ShardState.OPEN))

    @property
    def all(self) -> list[OpenShard]:
        """The shards, also those that drain or do not answer."""
        return list(self._open.values())

    @property
    def first_available(self) -> OpenShard:
        """The first shard that answers: for what belongs to no meeting. Without one, the first of all."""
        return next((shard for shard in self.all if shard.is_available), self.all[0])

    def of(self, meeting: Meeting) -> OpenShard:
        """Return the shard of a meeting that was just read; raise ShardUnavailableError."""
        return self._find(meeting.shard)

    def name_of(self, meeting: Meeting) -> str:
        """Return the name of the meeting's shard, whether it answers or not."""
        return self._first.name if meeting.shard is None or self._is_only_one else meeting.shard

    async def locate(self, meeting_id: UUID) -> OpenShard:
        """Return the meeting's shard, which may have changed a few seconds ago; raise one of OUTAGES."""
        return self._find(None if self._is_only_one else await self._locations.find(meeting_id))

    async def locate_now(self, meeting_id: UUID) -> OpenShard:
        """Return the meeting's shard by its row; raise one of OUTAGES."""
        return self._find(None if self._is_only_one else await self._locations.read(meeting_id))

    async def locate_all_now(self, meeting_id: UUID) -> list[OpenShard]:
        """Return the meeting's shard, and those that drain, from which it may have moved; as `locate_now`."""
        home = await self.locate_now(meeting_id)
        draining = [self._open[shard] for shard in self._states if self._is_draining(shard.name)]
        return [home, *(shard for shard in draining if shard is not home)]

    async def place(self) -> str | None:
        """Choose the shard of a new meeting, with the fewest candidates; None if there is only one."""
        if self._is_only_one:
            return None
        states = await self._list_known()
        load = await run_in_threadpool(count_load, self._database)
        load[self._first.name] = load.get(self._first.name, 0) + load.pop(None, 0)
        takes = [shard for shard, state in states.items() if state is ShardState.OPEN and shard in self._open]
        takes.sort(key=lambda shard: (not self._open[shard].is_available, load.get(shard.name, 0)))
        for shard in takes:
            if await self._open[shard].answers():
                return shard.name
        raise ShardUnavailableError("no shard takes new meetings")

    async def guess(self, meeting_id: UUID | None) -> OpenShard | None:
        """Return where jobs of the meeting are if it has not moved lately; None if there is no telling."""
        if self._is_only_one:
            return self._find(None)
        return await self.locate(meeting_id) if meeting_id else None

    async def search_job(self, job_id: UUID, *, besides: OpenShard | None) -> OpenShard | None:
        """Return the shard that has the job, as soon as one of the others says so.

        Raise redis's errors if it may be on a shard that does not answer, and no other was the likely one.
        """
        others = [shard for shard in self.all if shard is not besides]
        found, failure = await _search(others, job_id)
        if failure and not found and besides is None:
            raise failure
        return found

    async def run(self) -> None:
        """Keep the shards open until cancelled."""
        registered = len(self._settings.shards) == 1
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._start_and_stop(tasks)
                try:
                    if not registered:
                        await run_in_threadpool(register_shards, self._database, self._settings.shards)
                        registered = True
                    self._update(await self._list_known())
                except OUTAGES as error:
                    log.warning("could not read which shards there are: %s", type(error).__name__)
                await asyncio.sleep(REFRESH_SECONDS)

    def _update(self, states: KnownShards) -> None:
        self._states = states
        self._open = {
            shard: self._open.get(shard) or OpenShard(shard, self._settings, self._receive_events)
            for shard in states
        }
        # Not at each request: the settings parse REDIS_URL each time.
        self._first = first_shard(self._settings, list(self._open))

    def _start_and_stop(self, tasks: asyncio.TaskGroup) -> None:
        for shard in self._open.values():
            if shard not in self._running:
                self._running[shard] = tasks.create_task(shard.run())
        for shard in self._running.keys() - set(self._open.values()):
            tasks.create_task(_close_later(self._running.pop(shard)))

    @property
    def _is_only_one(self) -> bool:
        return len(self._open) == 1

    def _find(self, name: str | None) -> OpenShard:
        shard = self._first if name is None or self._is_only_one else find_shard(list(self._open), name)
        if shard is None:
            raise ShardUnavailableError(f"there is no shard {name}")
        opened = self._open[shard]
        opened.require_answers()
        return opened

    def _is_draining(self, name: str | None) -> bool:
        shard = find_shard(list(self._states), name)
        return shard is None or self._states[shard] is ShardState.DRAINING


async def _search(shards: Sequence[OpenShard], job_id: UUID) -> tuple[OpenShard | None, RedisError | None]:
    """Return the first shard that has the job, and an error of one that could not be asked."""
    failure: RedisError | None = None
    searches = [asyncio.create_task(_has_job(shard, job_id)) for shard in shards]
    try:
        for search in asyncio.as_completed(searches):
            try:
                if found := await search:
                    return found, None
            except RedisError as error:
                failure = error
    finally:
        for task in searches:
            task.cancel()
    return None, failure


async def _has_job(shard: OpenShard, job_id: UUID) -> OpenShard | None:
    shard.require_answers()
    return shard if await shard.jobs.find(job_id) else None


async def _close_later(running: asyncio.Task[None]) -> None:
    await asyncio.sleep(CLOSE_SECONDS)
    running.cancel()
