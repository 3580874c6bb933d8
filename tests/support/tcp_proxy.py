"""A TCP proxy that can reset or silence connections, as firewalls and load balancers do."""

import asyncio
import socket
import struct
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Self

RESET = struct.pack("ii", 1, 0)
"""The SO_LINGER option that makes a closing socket send RST instead of FIN."""


class TcpProxy:
    """Forwards a local port to another port or to a Unix socket while its context is open."""

    def __init__(self, target: tuple[str, int] | Path) -> None:
        self.accepted = 0
        """How many connections were opened."""
        self._target = target
        self._silent: set[asyncio.Task[None]] = set()
        self._silence_new = False
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._stop = asyncio.Event()
        self._port: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="tcp-proxy")  # noqa: TID251

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._port.result()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def reset(self) -> None:
        """Reset every connection."""
        asyncio.run_coroutine_threadsafe(self._reset(), self._loop).result()

    def redirect(self, target: tuple[str, int]) -> None:
        """Forward new connections to another target; open ones stay with the old target."""
        self._target = target

    def silence(self, *, new: bool = False) -> None:
        """Drop all data on open connections, and on `new` ones if asked, without FIN or RST."""
        self._silence_new = new
        self._loop.call_soon_threadsafe(lambda: self._silent.update(self._connections))

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self._port.set_result(server.sockets[0].getsockname()[1])
        await self._stop.wait()
        server.close()
        await self._reset()

    async def _reset(self) -> None:
        """Return once the open connections are gone; new ones may open meanwhile."""
        connections = dict(self._connections)
        for writer in connections.values():
            with suppress(OSError):  # its peer may have closed it meanwhile
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
        await asyncio.gather(*connections)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections[task] = writer
        self.accepted += 1
        if self._silence_new:
            self._silent.add(task)
        with suppress(OSError):
            target_reader, target_writer = await self._connect()
            await asyncio.gather(
                self._copy(task, reader, target_writer), self._copy(task, target_reader, writer)
            )
        del self._connections[task]

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target)

    async def _copy(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if task not in self._silent:
                    writer.write(data)
                    await writer.drain()
        writer.close()
