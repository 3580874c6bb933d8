"""Smaller replacements for parts of uvicorn's connection: asyncio.Event and deque take 760 bytes each."""

import asyncio
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class LightEvent:
    """An asyncio.Event without a queue for those who wait."""

    __slots__ = ("_is_set", "_waiting")

    def __init__(self, *, is_set: bool = False) -> None:
        self._is_set = is_set
        self._waiting: list[asyncio.Future[None]] | None = None

    def set(self) -> None:
        """Let all go on who wait."""
        self._is_set = True
        waiting, self._waiting = self._waiting, None
        for future in waiting or ():
            if not future.done():
                future.set_result(None)

    def clear(self) -> None:
        """Let `wait` wait again."""
        self._is_set = False

    async def wait(self) -> bool:
        """Return True once it is set."""
        if not self._is_set:
            future = asyncio.get_running_loop().create_future()
            self._waiting = [*(self._waiting or ()), future]
            await future
        return True


class _LightFlowControl(FlowControl):
    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.read_paused = False
        self.write_paused = False
        self._is_writable_event = LightEvent(is_set=True)  # type: ignore[assignment]  # it has what uvicorn uses


class _LightQueue(list[Any]):
    """The requests of a connection that came before the first was answered, which is rare."""

    def appendleft(self, item: object) -> None:
        self.insert(0, item)


def use_less_memory(protocol: HttpToolsProtocol) -> None:
    """Replace the parts of a new connection."""
    protocol.flow = _LightFlowControl(protocol.transport)
    protocol.pipeline = _LightQueue()  # type: ignore[assignment]  # it has what uvicorn uses
