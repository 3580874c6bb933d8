"""Read a job, or wait for its end without a thread and without polling Redis."""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.subscription import subscribe
from shared.jobs.model import ENDED, Job
from shared.jobs.scripts import parse_jobs, read_many

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 1


class JobReader:
    """Reads jobs from Redis, with one subscription per process to the jobs that end.

    Thousands of requests may wait at once, many for the same job. What is requested during one round trip is
    read together in the next, each job once.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._asked: dict[UUID, asyncio.Future[Job | None]] = {}
        self._anything_asked = asyncio.Event()
        self._waiting: dict[bytes, set[asyncio.Event]] = defaultdict(set)

    async def find(self, job_id: UUID) -> Job | None:
        """Return the job as it is now; None for one that is unknown, expired, or of somebody erased."""
        answer = self._asked.get(job_id)
        if answer is None:
            answer = self._asked[job_id] = asyncio.get_running_loop().create_future()
            self._anything_asked.set()
        # Shielded, as others may wait for the same answer.
        return await asyncio.shield(answer)

    async def wait(self, job_id: UUID, seconds: float) -> Job | None:
        """Return the job as soon as it has ended, or as it is after so many seconds."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + seconds
        heard, key = asyncio.Event(), str(job_id).encode()
        self._waiting[key].add(heard)
        try:
            while True:
                # Cleared before looking, so that an end while we look is not missed.
                heard.clear()
                job = await self.find(job_id)
                left = deadline - clock()
                if job is None or job.status.ended or left <= 0:
                    return job
                with suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), left)
        finally:
            self._waiting[key].discard(heard)
            if not self._waiting[key]:
                del self._waiting[key]

    async def run(self) -> None:
        """Serve `find` and `wait` until cancelled; survives a restart of Redis."""
        await asyncio.gather(self._read_always(), self._hear_always())

    async def _read_always(self) -> None:
        while True:
            await self._anything_asked.wait()
            self._anything_asked.clear()
            # A request that comes from now on must not get an answer that was read before it.
            asked, self._asked = self._asked, {}
            try:
                found = parse_jobs(list(asked), await read_many(list(asked)).run_async(self._redis))
                for answer, job in zip(asked.values(), found, strict=True):
                    answer.set_result(job)
            except Exception as error:
                # Any error, not only redis's: the callers must get it, and the next batch must be read.
                for answer in asked.values():
                    if not answer.done():
                        answer.set_exception(error)
                        answer.exception()  # all who asked may have gone

    async def _hear_always(self) -> None:
        while True:
            try:
                await self._hear()
            except RedisError as error:
                log.warning("the subscription to ended jobs broke: %s", error)
                self._wake_all()
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        async for job_id in subscribe(self._redis, ENDED):
            if job_id is None:
                self._wake_all()
            else:
                self._wake(job_id)

    def _wake(self, job_id: bytes) -> None:
        for heard in self._waiting.get(job_id, ()):
            heard.set()

    def _wake_all(self) -> None:
        """Have every waiting request read its job again: an end may have been missed."""
        for job_id in list(self._waiting):
            self._wake(job_id)
