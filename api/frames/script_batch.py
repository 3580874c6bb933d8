"""Run one Redis script for many concurrent callers in few round trips."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from redis.asyncio import Redis

from shared.redis.script import Argument, for_each

Answer = list[bytes]

SENDERS = 2
"""One batch is prepared while Redis runs another: with one sender, gateway and Redis would take turns."""


@dataclass(frozen=True, slots=True)
class _Call:
    keys: Sequence[str]
    arguments: Sequence[Argument]
    answer: asyncio.Future[Answer]


class Batch:
    """Send the calls made during one round trip together in the next; no call waits for others.

    One round trip for each frame would cost a gateway process a third of its throughput.
    """

    def __init__(self, redis: Redis, script: str, *, keys: int) -> None:
        """Call inside the event loop. Each call has `keys` keys, and all have equally many arguments."""
        self._loop = asyncio.get_running_loop()
        self._script = redis.register_script(for_each(script, keys=keys))
        self._calls: list[_Call] = []
        self._arrived = asyncio.Event()

    async def call(self, keys: Sequence[str], arguments: Sequence[Argument]) -> Answer:
        """Return the script's result, or raise the error of the batch, usually redis's. Needs `run`."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._calls.append(_Call(keys, arguments, answer))
        self._arrived.set()
        return await answer

    async def run(self) -> None:
        """Send batches until cancelled."""
        await asyncio.gather(*(self._send_batches() for _ in range(SENDERS)))

    async def _send_batches(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            calls, self._calls = self._calls, []
            if calls:
                await self._send(calls)

    async def _send(self, calls: list[_Call]) -> None:
        futures = [call.answer for call in calls]
        try:
            answers = await self._script(
                keys=list(chain.from_iterable(call.keys for call in calls)),
                args=list(chain.from_iterable(call.arguments for call in calls)),
            )
            for future, answer in zip(futures, answers, strict=True):
                if not future.done():  # cancelled when its caller disconnects
                    future.set_result(answer)
        except Exception as error:
            # Any error, not only redis's: the callers must get it, and the next batch must be sent.
            for future in futures:
                if not future.done():
                    future.set_exception(error)
