"""Check that Redis answers, is durable, and evicts nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from api.ops.doctor.clocks import compare_clocks
from api.ops.doctor.finding import Finding, broken, ok, warning
from api.ops.doctor.sentinel import check_sentinel
from api.ops.probes import READY, READY_SECONDS
from shared.redis.client import open_redis
from shared.redis.sentinel import SentinelUrl, is_sentinel_url
from shared.settings import Settings

Info = dict[str, Any]


def check_redis(settings: Settings) -> Iterator[Finding]:
    """Yield one broken finding if Redis is unusable, otherwise a finding for each check."""
    url = settings.own_shard.url
    try:
        with open_redis(url, socket_timeout=5, socket_connect_timeout=2) as redis:
            info: Info = redis.info("everything")
            seconds, microseconds = redis.time()
            if info.get("role") != "slave":  # reported below
                redis.set(READY, 1, ex=READY_SECONDS)
    except (AuthenticationError, NoPermissionError) as error:
        yield broken(f"Redis refuses: {error}", "check the user and password in REDIS_URL")
    except ResponseError as error:
        yield broken(f"Redis refuses: {error}", "free memory or disk, or set REDIS_URL to the primary")
    except (RedisError, OSError, ValueError) as error:
        yield broken(
            f"Redis can't be used: {error}", "check that it runs, and that REDIS_URL is its address from here"
        )
    else:
        # Valkey's `redis_version` is that of the Redis with which it is compatible.
        name, version = info.get("server_name", "redis"), info.get("valkey_version") or info["redis_version"]
        yield ok(f"Redis answers ({name} {version})")
        if is_sentinel_url(url):
            yield from check_sentinel(SentinelUrl.parse(url), info)
        yield from _check_durability(info)
        yield from _check_memory(info, settings)
        yield from compare_clocks("Redis", datetime.fromtimestamp(seconds + microseconds / 1e6, tz=UTC))


def _check_durability(info: Info) -> Iterator[Finding]:
    if info.get("role") == "slave":
        yield broken("this Redis is a read-only replica", "set REDIS_URL to the primary")
    if not info.get("aof_enabled"):
        yield broken(
            "its append-only file is off: accepted frames are lost when it restarts",
            "set `appendonly yes` (`--appendonly yes`) and `save ''`",
        )
    elif info.get("aof_last_write_status") != "ok":
        yield broken("its append-only file can't be written", "check whether its disk is full")


def _check_memory(info: Info, settings: Settings) -> Iterator[Finding]:
    limit, policy = int(info.get("maxmemory", 0)), info.get("maxmemory_policy")
    if policy != "noeviction":
        yield broken(
            f"its maxmemory-policy is {policy}: when memory is short it evicts accepted frames",
            "set `maxmemory-policy noeviction`",
        )
    largest = settings.max_backlog * settings.max_frame_bytes
    if limit and limit < largest:
        yield warning(
            f"its maxmemory is {limit >> 20} MB, a full backlog of the largest frames {largest >> 20} MB",
            "raise maxmemory, or lower MAX_BACKLOG or MAX_FRAME_BYTES: a full Redis refuses frames",
        )
