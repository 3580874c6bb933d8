"""Share one running call among concurrent callers, and bound the time they wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Run `function` at most once at a time; concurrent callers share its result.

    A result, but not an error, is shared for another `reuse_seconds`. A caller gets TimeoutError after
    `timeout_seconds`; the call goes on for later callers. A server that hangs therefore blocks one call,
    however many there are.
    """

    def __init__(
        self, function: Callable[[], Awaitable[T]], timeout_seconds: float, reuse_seconds: float = 0.0
    ) -> None:
        self._function = function
        self._timeout_seconds = timeout_seconds
        self._reuse_seconds = reuse_seconds
        self._call: asyncio.Future[T] | None = None
        self._reusable_until = 0.0

    async def __call__(self) -> T:
        """Return the result of `function`, or raise its error."""
        if self._call is None or (self._call.done() and time.monotonic() >= self._reusable_until):
            self._call = asyncio.ensure_future(self._function())
            self._call.add_done_callback(self._finish)
        # Not with asyncio.wait_for, which loses some cancellations in Python 3.11.
        async with asyncio.timeout(self._timeout_seconds):
            return await asyncio.shield(self._call)

    def _finish(self, call: "asyncio.Future[T]") -> None:
        # Retrieving the error marks it as retrieved: every caller may have timed out.
        succeeded = not call.cancelled() and call.exception() is None
        self._reusable_until = time.monotonic() + self._reuse_seconds if succeeded else 0.0


def in_own_thread(function: Callable[[], T]) -> Callable[[], Awaitable[T]]:
    """Make `function` awaitable in a dedicated thread, so that requests in the shared pool can't delay it."""
    limiter = CapacityLimiter(1)
    return lambda: to_thread.run_sync(function, limiter=limiter)
