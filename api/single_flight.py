"""Share one running call among concurrent callers, and bound the time they wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Run `function` at most once at a time; concurrent callers share its result.

    A caller gets TimeoutError after `timeout_seconds`; the call goes on for later callers. A server that
    hangs therefore blocks one call, however many there are.
    """

    def __init__(self, function: Callable[[], Awaitable[T]], timeout_seconds: float) -> None:
        self._function = function
        self._timeout_seconds = timeout_seconds
        self._running: asyncio.Future[T] | None = None

    async def __call__(self) -> T:
        """Return the result of `function`, or raise its error."""
        if self._running is None:
            self._running = asyncio.ensure_future(self._function())
            self._running.add_done_callback(self._forget)
        return await asyncio.wait_for(asyncio.shield(self._running), self._timeout_seconds)

    def _forget(self, finished: "asyncio.Future[T]") -> None:
        self._running = None
        if not finished.cancelled():
            finished.exception()  # mark it as retrieved: every caller may have timed out


def in_own_thread(function: Callable[[], T]) -> Callable[[], Awaitable[T]]:
    """Make `function` awaitable in a dedicated thread, so that requests in the shared pool can't delay it."""
    limiter = CapacityLimiter(1)
    return lambda: to_thread.run_sync(function, limiter=limiter)
