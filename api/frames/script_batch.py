"""Many callers' runs of one Redis script in few round trips."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from redis.asyncio import Redis

from shared.redis.script import Argument, for_each

Answer = list[bytes]

SENDERS = 2
"""While Redis works on one batch the next is gathered: with a single one, each would wait for the other."""


@dataclass(frozen=True, slots=True)
class _Call:
    keys: Sequence[str]
    arguments: Sequence[Argument]
    answer: asyncio.Future[Answer]


class Batch:
    """Sends what has arrived meanwhile as one run of the script: nobody waits for company.

    A round trip of its own for each frame would cost a gateway process a third of its throughput.
    """

    def __init__(self, redis: Redis, script: str, *, keys: int) -> None:
        """To be made where the event loop runs. Each call has `keys` keys; all have as many arguments."""
        self._loop = asyncio.get_running_loop()
        self._script = redis.register_script(for_each(script, keys=keys))
        self._calls: list[_Call] = []
        self._arrived = asyncio.Event()

    async def call(self, keys: Sequence[str], arguments: Sequence[Argument]) -> Answer:
        """The script's answer; raises what the batch failed with, mostly redis's errors. Needs `run`."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._calls.append(_Call(keys, arguments, answer))
        self._arrived.set()
        return await answer

    async def run(self) -> None:
        """Sends batch after batch for as long as the process lives."""
        await asyncio.gather(*(self._send_batches() for _ in range(SENDERS)))

    async def _send_batches(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            calls, self._calls = self._calls, []
            if calls:
                await self._send(calls)

    async def _send(self, calls: list[_Call]) -> None:
        waiting = [call.answer for call in calls]
        try:
            answers = await self._script(
                keys=list(chain.from_iterable(call.keys for call in calls)),
                args=list(chain.from_iterable(call.arguments for call in calls)),
            )
            for future, answer in zip(waiting, answers, strict=True):
                if not future.done():  # else the caller has gone
                    future.set_result(answer)
        except Exception as error:
            # Not only redis's: whoever waits must hear of it, and the next batch is still to be sent.
            for future in waiting:
                if not future.done():
                    future.set_exception(error)
