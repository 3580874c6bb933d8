"""Lua scripts for Redis: each is a `.lua` file beside the Python module that calls it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from pathlib import Path
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import NoScriptError

Argument = str | bytes | int | float


def read_script(module: str, name: str) -> str:
    """Return the script `name` in the folder of `module`, the caller's `__file__`."""
    return Path(module).with_name(name).read_text(encoding="utf-8")


def with_constants(script: str, **constants: str | float) -> str:
    """Return the script with constants before its text, which cost nothing per call, unlike arguments."""
    return "".join(f"local {name} = {json.dumps(value)}\n" for name, value in constants.items()) + script


@cache
def _sha1(script: str) -> str:
    return sha1(script.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """A script with its keys and arguments."""

    script: str
    keys: Sequence[str]
    arguments: Sequence[Argument]

    def run(self, redis: Redis) -> Any:  # noqa: ANN401 - each script has its own result
        """Return the script's result. The text is sent only if Redis has not cached it."""
        numkeys, values = len(self.keys), (*self.keys, *self.arguments)
        try:
            # Not with `register_script`, which hashes the text at each call.
            return redis.evalsha(self.sha, numkeys, *values)
        except NoScriptError:
            return redis.eval(self.script, numkeys, *values)

    @property
    def sha(self) -> str:
        """By which Redis knows a script that it has cached."""
        return _sha1(self.script)

    async def run_async(self, redis: AsyncRedis) -> Any:  # noqa: ANN401
        """Like `run`, for asyncio."""
        return await redis.register_script(self.script)(self.keys, self.arguments)
