"""Read jobs, or wait for their end without a thread and without polling Redis."""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.subscription import subscribe
from shared.jobs.model import ENDED_CHANNEL, Job
from shared.jobs.scripts import parse_jobs, read_many

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 1


class JobReader:
    """Read jobs from Redis in batches, with one subscription per process to the jobs that end.

    Thousands of requests may wait at once, many for the same job. Jobs requested during one round trip are
    read together in the next, each once.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._requested: dict[UUID, asyncio.Future[Job | None]] = {}
        self._any_requested = asyncio.Event()
        self._waiting: dict[bytes, set[asyncio.Event]] = defaultdict(set)

    async def find(self, job_id: UUID) -> Job | None:
        """Return the job in its current state; None if it is unknown, expired, or its sender was erased."""
        result = self._requested.get(job_id)
        if result is None:
            result = self._requested[job_id] = asyncio.get_running_loop().create_future()
            self._any_requested.set()
        # Shielded, as other requests may wait for the same result.
        return await asyncio.shield(result)

    async def wait(self, job_id: UUID, seconds: float) -> Job | None:
        """Return the job as soon as it has ended, or in its state after so many seconds."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + seconds
        ended, key = asyncio.Event(), str(job_id).encode()
        self._waiting[key].add(ended)
        try:
            while True:
                # Clear before reading: a job that ends during the read sets the event again.
                ended.clear()
                job = await self.find(job_id)
                left = deadline - clock()
                if job is None or job.status.ended or left <= 0:
                    return job
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), left)
        finally:
            self._waiting[key].discard(ended)
            if not self._waiting[key]:
                del self._waiting[key]

    async def run(self) -> None:
        """Serve `find` and `wait` until cancelled; reconnect after a restart of Redis."""
        await asyncio.gather(self._read_batches(), self._stay_subscribed())

    async def _read_batches(self) -> None:
        while True:
            await self._any_requested.wait()
            self._any_requested.clear()
            # Replaced before reading: a later request must not get an earlier state.
            requested, self._requested = self._requested, {}
            try:
                jobs = parse_jobs(list(requested), await read_many(list(requested)).run_async(self._redis))
                for result, job in zip(requested.values(), jobs, strict=True):
                    result.set_result(job)
            except Exception as error:
                # Any error, not only redis's: the callers must get it, and the next batch must be read.
                for result in requested.values():
                    if not result.done():
                        result.set_exception(error)
                        result.exception()  # mark it as retrieved: all callers may be gone

    async def _stay_subscribed(self) -> None:
        while True:
            try:
                await self._receive_ended()
            except RedisError as error:
                log.warning("lost the subscription to ended jobs: %s", error)
                self._wake_all()
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _receive_ended(self) -> None:
        async for job_id in subscribe(self._redis, ENDED_CHANNEL):
            if job_id is None:
                self._wake_all()
            else:
                self._wake(job_id)

    def _wake(self, job_id: bytes) -> None:
        for ended in self._waiting.get(job_id, ()):
            ended.set()

    def _wake_all(self) -> None:
        """Make every waiting request read its job again: a message may have been missed."""
        for job_id in list(self._waiting):
            self._wake(job_id)
