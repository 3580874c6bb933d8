"""Pipelined script calls: each caller gets its own answer or an error."""

import asyncio
import socket

from anyio.from_thread import start_blocking_portal
from pydantic import SecretStr
from redis.exceptions import ConnectionError, ResponseError  # noqa: A004 - redis's

from api.frames.script_pipeline import ScriptPipeline
from api.redis import connect_redis
from shared.redis.script import ScriptCall
from shared.settings import Settings
from tests.support.tcp_proxy import RESET

NO_TEXT = "\ud800"
"""A lone surrogate: it can't be encoded, which is not an error of Redis."""


def call(argument: str | int, script: str = "return {KEYS[1], ARGV[1]}") -> ScriptCall:
    return ScriptCall(script, ["key"], [argument])


async def send(pipeline: ScriptPipeline, one: ScriptCall) -> list[bytes]:
    result: list[bytes] = await pipeline.call(one)
    return result


async def answers(settings: Settings, *calls: ScriptCall) -> list[BaseException | list[bytes]]:
    async with asyncio.timeout(60), connect_redis(settings.own_shard.url) as redis:
        pipeline = ScriptPipeline(redis)
        running = asyncio.create_task(pipeline.run())
        results = await asyncio.gather(*(send(pipeline, one) for one in calls), return_exceptions=True)
        assert not running.done()
        running.cancel()
        return results


def test_each_caller_gets_its_own_answer(settings: Settings) -> None:
    with start_blocking_portal() as portal:
        results = portal.call(answers, settings, *(call(number) for number in range(50)))

    assert results == [[b"key", str(number).encode()] for number in range(50)]


def test_large_argument_arrives_whole(settings: Settings) -> None:
    picture = bytes(range(256)) * 1_000
    several = ScriptCall("return {KEYS[1], ARGV[1], ARGV[2], ARGV[3]}", ["key"], ["before", picture, "after"])
    with start_blocking_portal() as portal:
        results = portal.call(answers, settings, several, call("next"))

    assert results == [[b"key", b"before", picture, b"after"], [b"key", b"next"]]


def test_failed_call_raises_only_in_its_caller(settings: Settings) -> None:
    failing = call("broken", "return redis.error_reply('broken')")
    with start_blocking_portal() as portal:
        results = portal.call(answers, settings, call("first"), failing, call(NO_TEXT), call("last"))

    first, broken, not_encoded, last = results
    assert isinstance(broken, ResponseError)
    assert isinstance(not_encoded, UnicodeEncodeError)
    assert (first, last) == ([b"key", b"first"], [b"key", b"last"])


async def reset_at_script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greet as Redis does, and reset the connection at the first script."""
    while data := await reader.read(65_536):
        if b"EVALSHA" in data:
            break
        writer.write(b"%0\r\n" if b"HELLO" in data else b"+OK\r\n" * data.count(b"*"))
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


async def call_a_server_that_resets(settings: Settings) -> list[BaseException | list[bytes]]:
    server = await asyncio.start_server(reset_at_script, "127.0.0.1", 0)
    async with server:
        url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
        return await answers(settings.model_copy(update={"redis_url": SecretStr(url)}), call("lost"))


def test_connection_that_is_reset_twice_is_an_outage(settings: Settings) -> None:
    with start_blocking_portal() as portal:
        [error] = portal.call(call_a_server_that_resets, settings)

    assert isinstance(error, ConnectionError)
