"""Redis compiles each Lua script."""

from pathlib import Path

import pytest
from redis import Redis

from tests.house_rules.sources import ROOT
from tests.house_rules.test_lua_scripts import SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_redis_compiles_the_script(script: Path, redis: Redis) -> None:
    assert redis.script_load((ROOT / script).read_text())
