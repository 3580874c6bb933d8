"""A way to a server, which can be broken off as firewalls and load balancers do it."""

import asyncio
import socket
import struct
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Self

RESET = struct.pack("ii", 1, 0)
"""As SO_LINGER: a socket that is closed sends a reset (RST), and no orderly end (FIN)."""


class TcpProxy:
    """A port of this machine that leads to another, or to a Unix socket, from entering to leaving."""

    def __init__(self, target: tuple[str, int] | Path) -> None:
        self._target = target
        self._silent: set[asyncio.Task[None]] = set()
        self._silent_from_now_on = False
        self._led: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._leave = asyncio.Event()
        self._port: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="way")  # noqa: TID251

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._port.result()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()

    def reset(self) -> None:
        """Break off every connection."""
        asyncio.run_coroutine_threadsafe(self._reset(), self._loop).result()

    def redirect(self, target: tuple[str, int]) -> None:
        """Lead new connections elsewhere; those that are there stay where they are."""
        self._target = target

    def silence(self, *, new: bool = False) -> None:
        """Swallow what is sent on every connection, without an end or a reset; on `new` ones too or not."""
        self._silent_from_now_on = new
        self._loop.call_soon_threadsafe(lambda: self._silent.update(self._led))

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._lead, "127.0.0.1", 0)
        self._port.set_result(server.sockets[0].getsockname()[1])
        await self._leave.wait()
        server.close()
        await self._reset()

    async def _reset(self) -> None:
        """Returns when those that were there are gone; others may come meanwhile."""
        led = dict(self._led)
        for writer in led.values():
            with suppress(OSError):  # closed by its other end meanwhile
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
        await asyncio.gather(*led)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        leading = asyncio.current_task()
        assert leading
        self._led[leading] = writer
        if self._silent_from_now_on:
            self._silent.add(leading)
        with suppress(OSError):
            from_there, there = await self._connect()
            await asyncio.gather(
                self._pass_on(leading, reader, there), self._pass_on(leading, from_there, writer)
            )
        del self._led[leading]

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target)

    async def _pass_on(
        self, leading: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if leading not in self._silent:
                    writer.write(data)
                    await writer.drain()
        writer.close()
