"""Read jobs, and wait for their end without a thread and without polling Redis."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.auth.tokens import Bearer
from api.frames.script_pipeline import ScriptPipeline
from api.subscription import subscribe
from shared.jobs.model import ENDED_CHANNEL, Job
from shared.jobs.records import OUTCOMES_CHANNEL, parse_ended
from shared.jobs.scripts import parse_read, read

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 1
MAX_OPEN_JOBS = 100_000
ID_LENGTH = 36


class EndWatch:
    """A context within which `wait` notices the end of a job, after or while the job is read."""

    __slots__ = ("_key", "_loop", "_watches", "_woken")

    def __init__(self, watches: "Watches", key: bytes) -> None:
        self._watches = watches
        self._key = key
        self._loop = asyncio.get_running_loop()
        self._woken: asyncio.Future[bytes] = self._loop.create_future()

    def __enter__(self) -> Self:
        self._watches.setdefault(self._key, []).append(self)
        return self

    def __exit__(self, *_: object) -> None:
        watches = self._watches[self._key]
        watches.remove(self)
        if not watches:
            del self._watches[self._key]

    def wake(self, outcome: bytes = b"") -> None:
        """Let `wait` return."""
        if not self._woken.done():
            self._woken.set_result(outcome)

    async def wait(self, deadline: float) -> Job | None:
        """Return the job when it has ended; None if it has to be read.

        That is when it may have ended, at the latest at `deadline` by the event loop's clock.
        """
        # Not with asyncio.timeout_at, which takes twice the memory.
        timer = self._loop.call_at(deadline, self.wake)
        try:
            outcome = await self._woken
        finally:
            timer.cancel()
        self._woken = self._loop.create_future()
        return parse_ended(self._key, outcome)


Watches = dict[bytes, list[EndWatch]]
"""By job."""


class JobReader:
    """Read jobs, with one subscription per process to the jobs that end. Thousands of requests may wait."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._scripts = ScriptPipeline(redis)
        self._answers: dict[UUID, asyncio.Future[Any]] = {}
        self._watches: Watches = {}
        self._open: dict[bytes, Bearer] = {}
        """Senders of the frames accepted by this process whose jobs have not ended, as far as it knows."""

    async def find(self, job_id: UUID) -> Job | None:
        """Return the job in its current state; None if it is unknown, expired, or its sender was erased."""
        answer = self._answers.get(job_id)
        if answer is None:
            answer = self._answers[job_id] = self._scripts.call(read(job_id))
            # Only those who ask now share the answer: for later ones the job may have ended meanwhile.
            asyncio.get_running_loop().call_soon(self._answers.pop, job_id)
        return parse_read(job_id, await asyncio.shield(answer))

    @contextmanager
    def accepting(self, job_id: UUID, sender: Bearer) -> Iterator[None]:
        """Wrap the admission of a frame: `is_open` is true from now on, until the job ends."""
        key = str(job_id).encode()
        # Before admission: the job may end before the gateway gets the answer.
        self._open[key] = sender
        if len(self._open) > MAX_OPEN_JOBS:
            del self._open[next(iter(self._open))]
        try:
            yield
        except BaseException:
            self._open.pop(key, None)
            raise

    def is_open(self, job_id: UUID, sender: object) -> bool:
        """Return whether the job is this sender's and open. If not, `find` knows more."""
        return self._open.get(str(job_id).encode()) == sender

    def watch(self, job_id: UUID) -> EndWatch:
        """Return a context that notices the end of the job, but not if it has ended before."""
        return EndWatch(self._watches, str(job_id).encode())

    async def run(self) -> None:
        """Serve requests until cancelled; reconnect after a restart of Redis."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._scripts.run())
            tasks.create_task(self._stay_subscribed())

    async def _stay_subscribed(self) -> None:
        while True:
            try:
                await self._receive_ended()
            except RedisError as error:
                log.warning("lost the subscription to ended jobs: %s", error)
                self._wake_all()
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _receive_ended(self) -> None:
        async for message in subscribe(self._redis, ENDED_CHANNEL, OUTCOMES_CHANNEL):
            if message is None:
                self._wake_all()
            else:
                job_id, outcome = message[:ID_LENGTH], message[ID_LENGTH:]
                self._open.pop(job_id, None)
                for watch in self._watches.get(job_id, ()):
                    watch.wake(outcome)

    def _wake_all(self) -> None:
        """Make every waiting request read its job again: a message may have been missed."""
        self._open.clear()
        for watches in self._watches.values():
            for watch in watches:
                watch.wake()
