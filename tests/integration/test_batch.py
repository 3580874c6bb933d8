"""Batched script calls: each caller gets its own answer or an error."""

import asyncio

from anyio.from_thread import start_blocking_portal

from api.frames.script_batch import Batch
from api.redis import connect_redis
from shared.settings import Settings

NO_TEXT = "\ud800"
"""A lone surrogate: it can't be encoded, which is not an error of Redis."""


async def _answers(settings: Settings) -> tuple[BaseException | list[bytes], ...]:
    async with asyncio.timeout(60), connect_redis(settings) as redis:
        batch = Batch(redis, "return {KEYS[1], ARGV[1]}", keys=1)
        running = asyncio.create_task(batch.run())
        failed = await asyncio.gather(
            batch.call(["first"], [NO_TEXT]), batch.call(["second"], ["text"]), return_exceptions=True
        )
        answered = await asyncio.gather(batch.call(["third"], [3]), batch.call(["fourth"], [4]))
        assert not running.done()
        running.cancel()
        return *failed, *answered


def test_failed_batch_raises_only_in_its_callers(settings: Settings) -> None:
    with start_blocking_portal() as portal:
        first, second, third, fourth = portal.call(_answers, settings)

    assert isinstance(first, UnicodeEncodeError)
    assert isinstance(second, UnicodeEncodeError)  # it shared the round trip
    assert (third, fourth) == ([b"third", b"3"], [b"fourth", b"4"])
