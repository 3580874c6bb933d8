"""One question for many who ask it at once, and an answer in bounded time whatever the server does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs `ask`, at most once at a time; who calls meanwhile gets the same answer.

    A call raises TimeoutError after `seconds`, and leaves the question running for the next: however often
    it is called, a server that hangs holds up one question.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._asking: asyncio.Future[T] | None = None

    async def __call__(self) -> T:
        """The answer, or what `ask` raised."""
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask())
            self._asking.add_done_callback(self._forget)
        return await asyncio.wait_for(asyncio.shield(self._asking), self._seconds)

    def _forget(self, asked: "asyncio.Future[T]") -> None:
        self._asking = None
        if not asked.cancelled():
            asked.exception()  # looked at: perhaps nobody waits any longer


def in_own_thread(ask: Callable[[], T]) -> Callable[[], Awaitable[T]]:
    """As run_in_threadpool, but never queued behind requests that hold all its threads."""
    limiter = CapacityLimiter(1)
    return lambda: to_thread.run_sync(ask, limiter=limiter)
