"""A shard's connections, and what runs over them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import redis.exceptions
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.frames.admission import Admission
from api.frames.job_reader import JobReader
from api.ops.probes import RedisProbes
from api.redis import connect_redis
from shared.redis.primary import NO_KEY
from shared.settings import Settings
from shared.shards import Shard

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
SILENT_SECONDS = 3.0
"""A shard that has not answered for so long is not asked by requests: each would wait for its time-out."""

Receiver = Callable[[Redis], Awaitable[None]]


class ShardUnavailableError(redis.exceptions.ConnectionError):
    """The shard is silent, or not known to this gateway."""


class OpenShard:
    """What a gateway does with one shard. Shards share nothing, so that none waits for another."""

    def __init__(self, shard: Shard, settings: Settings, receive_events: Receiver) -> None:
        """Call inside the event loop. `receive_events` runs for as long as the shard is open."""
        self.name = shard.name
        self.redis = connect_redis(shard.url)
        self.admission = Admission(settings, self.redis)
        self.jobs = JobReader(self.redis)
        self.probes = RedisProbes(self.redis, settings.frame_ttl_seconds)
        self.is_available = True
        """Whether it accepted a write at the last check."""
        self._is_silent = False
        self._receive_events = receive_events

    def require_answers(self) -> None:
        """Raise ShardUnavailableError if the shard is silent: a request would only wait for its time-out."""
        if self._is_silent:
            raise ShardUnavailableError(f"shard {self.name} does not answer")

    async def answers(self) -> bool:
        """Return whether it accepts writes now."""
        try:
            await self.probes.redis()
        except (TimeoutError, RedisError):
            return False
        return True

    async def run(self) -> None:
        """Serve requests until cancelled."""
        try:
            # A group waits until all have ended: they must not connect once the connections are closed.
            async with asyncio.TaskGroup() as tasks:
                for service in (self.admission.run(), self.jobs.run(), self._receive(), self._watch()):
                    tasks.create_task(service)
        finally:
            await self.redis.aclose()

    async def _receive(self) -> None:
        await self._receive_events(self.redis)

    async def _watch(self) -> None:
        while True:
            await self._check()
            await asyncio.sleep(CHECK_SECONDS)

    async def _check(self) -> None:
        write = asyncio.create_task(self._write())
        try:
            done, _ = await asyncio.wait([write], timeout=SILENT_SECONDS)
            self._is_silent = self._is_silent or not done
            await write
        except redis.exceptions.TimeoutError:
            self._report(available=False)
        except RedisError:
            # A refused connection is an answer, too: requests do not wait for it.
            self._is_silent = False
            self._report(available=False)
        else:
            self._is_silent = False
            self._report(available=True)
        finally:
            write.cancel()
            await asyncio.wait([write])

    async def _write(self) -> None:
        # A demoted primary would answer a ping.
        await self.redis.delete(NO_KEY)

    def _report(self, *, available: bool) -> None:
        if available is not self.is_available:
            log.warning("shard %s %s", self.name, "is available again" if available else "is not available")
        self.is_available = available
