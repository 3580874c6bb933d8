"""Call Redis scripts for many concurrent requests over one connection."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from hiredis import pack_command
from redis.asyncio import Redis
from redis.exceptions import (
    ConnectionError,  # noqa: A004 - redis's
    NoScriptError,
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004 - redis's
)

from api.redis import Connection
from shared.redis.refusals import to_connection_error
from shared.redis.script import Argument, ScriptCall

SILENT_SECONDS = 2.5
MAX_SILENCES = 2
"""After one, the answer may be there: the event loop was busy for so long, and looks at its timers first."""

LARGE_BYTES = 4_096

LOST = (RedisError, OSError, RuntimeError)
"""What a lost connection raises; RuntimeError is uvloop's for one that was reset (redis-py's issue 4287)."""


@dataclass(slots=True, eq=False)
class _Pending:
    call: ScriptCall
    command: Sequence[bytes]
    answer: asyncio.Future[Any]
    silences: int = 0
    is_repeated: bool = False
    """Whether it was sent before, on a connection that was lost."""


class ScriptPipeline:
    """Send each call at once, without waiting for the answers to earlier calls.

    redis-py's own client takes a connection from its pool for each call, and reads each answer from a stream,
    which costs a gateway more than the rest of a frame.

    Scripts must be idempotent: a call without an answer is sent once more, on a new connection.
    """

    def __init__(self, redis: Redis) -> None:
        """Call inside the event loop."""
        self._pool = redis.connection_pool
        self._loop = asyncio.get_running_loop()
        self._connection: Connection | None = None
        self._pending: deque[_Pending] = deque()
        """Oldest first, as Redis answers them."""
        self._has_pending = asyncio.Event()

    def call(self, call: ScriptCall) -> asyncio.Future[Any]:
        """Send a call; the future gets the script's result, or redis's errors. Needs `run`."""
        pending = _Pending(call, _pack("EVALSHA", call.sha, call), self._loop.create_future())
        if self._connection:
            self._send(self._connection, pending)
        self._pending.append(pending)
        self._has_pending.set()
        return pending.answer

    async def run(self) -> None:
        """Answer calls until cancelled. It connects when there is a call, so that it may wait for Redis."""
        while True:
            await self._has_pending.wait()
            try:
                await self._serve_connection()
            except LOST as error:
                self._fail_repeated(_to_redis_error(error))
            if not self._pending:
                self._has_pending.clear()

    async def _serve_connection(self) -> None:
        try:
            connection = cast("Connection", await self._pool.get_connection())  # type: ignore[no-untyped-call]
        except LOST as error:
            self._fail_all(_to_redis_error(error))
            return
        try:
            answers = connection.receive(self._receive)
            for pending in self._pending:
                self._send(connection, pending)
            self._connection = connection
            while not answers.end.done():
                await asyncio.wait([answers.end], timeout=SILENT_SECONDS)
                self._check_silence()
            raise answers.end.result()
        finally:
            self._connection = None
            await connection.disconnect(nowait=True)
            await connection.pool.close_idle()
            await self._pool.release(connection)

    def _receive(self, answer: object) -> None:
        """Handle the answer to the oldest call; raise an error that concerns the connection."""
        if isinstance(answer, ConnectionError):
            raise answer
        if isinstance(answer, ResponseError) and (unavailable := to_connection_error(answer)):
            raise unavailable
        pending = self._pending.popleft()
        if isinstance(answer, NoScriptError) and self._connection:
            pending.command = _pack("EVAL", pending.call.script, pending.call)
            self._send(self._connection, pending)
            self._pending.append(pending)
        elif isinstance(answer, RedisError):
            _fail(pending, answer)
        else:
            _succeed(pending, answer)

    def _check_silence(self) -> None:
        if self._pending:
            self._pending[0].silences += 1
            if self._pending[0].silences >= MAX_SILENCES:
                raise TimeoutError("Redis does not answer")

    def _send(self, connection: Connection, pending: _Pending) -> None:
        connection.write(pending.command)
        pending.silences = 0

    def _fail_repeated(self, error: RedisError) -> None:
        pending, self._pending = self._pending, deque()
        for call in pending:
            if call.is_repeated:
                _fail(call, error)
            else:
                call.is_repeated = True
                self._pending.append(call)

    def _fail_all(self, error: RedisError) -> None:
        while self._pending:
            _fail(self._pending.popleft(), error)


def _to_redis_error(error: Exception) -> RedisError:
    """Return what a caller knows as an outage."""
    return error if isinstance(error, RedisError) else ConnectionError(f"the connection was lost: {error}")


def _pack(command: str, script: str, call: ScriptCall) -> Sequence[bytes]:
    """Return the command in parts, so that a picture is not copied into the whole."""
    words = (command, script, len(call.keys), *call.keys, *call.arguments)
    for position, word in enumerate(words):
        if isinstance(word, bytes) and len(word) >= LARGE_BYTES:
            before, after = _pack_words(words[:position]), _pack_words(words[position + 1 :])
            head = b"*%d\r\n%b$%d\r\n" % (len(words), _without_count(before), len(word))
            return head, word, b"\r\n" + _without_count(after)
    return (_pack_words(words),)


def _pack_words(words: tuple[Argument, ...]) -> bytes:
    packed: bytes = pack_command(words)  # type: ignore[arg-type]  # its stub allows only one
    return packed


def _without_count(packed: bytes) -> bytes:
    """Drop the first line, which says how many words there are."""
    return packed.partition(b"\r\n")[2]


def _succeed(pending: _Pending, result: object) -> None:
    if not pending.answer.done():  # cancelled when its caller disconnects
        pending.answer.set_result(result)


def _fail(pending: _Pending, error: Exception) -> None:
    if not pending.answer.done():
        pending.answer.set_exception(error)
        pending.answer.exception()  # mark it as retrieved: all who waited may have gone
